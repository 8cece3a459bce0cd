"""Names of files: harmless in a list, in a folder of any system, and in a header."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_api.files.kinds import ALL, JPEG, PDF, PNG, TXT, Kind, extension_of
from data_api.files.names import MOST_BYTES, content_disposition, safe_name


@pytest.mark.parametrize(
    ("given_name", "kind", "kept"),
    [
        ("photo.jpg", JPEG, "photo.jpg"),
        ("photo.JPG", JPEG, "photo.JPG"),
        ("photo.png", JPEG, "photo.png.jpg"),
        ("evil.html", PNG, "evil.html.png"),
        ("evil.php.jpg", JPEG, "evil.php.jpg"),
        ("", PDF, "file.pdf"),
        (".pdf", PDF, "file.pdf"),
        ("...", PDF, "file.pdf"),
        ("../../etc/passwd", TXT, "passwd.txt"),
        ("..\\..\\boot.ini", TXT, "boot.ini.txt"),
        ("C:\\a\\b.txt", TXT, "b.txt"),
        ("/", TXT, "file.txt"),
        ("a\x00b.txt", TXT, "ab.txt"),
        ("a\r\nSet-Cookie: x.txt", TXT, "aSet-Cookie_ x.txt"),
        ("invoice\u202efdp.exe", PDF, "invoicefdp.exe.pdf"),
        ("\u2066a\u2069.txt", TXT, "a.txt"),
        ("zero\u200bwidth.txt", TXT, "zerowidth.txt"),
        ("con.txt", TXT, "_con.txt"),
        ("LPT1.txt", TXT, "_LPT1.txt"),
        ("nul.tar.txt", TXT, "_nul.tar.txt"),
        ('a<b>"c|d?e*f.txt', TXT, "a_b__c_d_e_f.txt"),
        ("50%off.txt", TXT, "50_off.txt"),
        ("  spaced   out .txt ", TXT, "spaced out.txt"),
        ("trailing. . .txt", TXT, "trailing.txt"),
        ("Cafe\u0301.txt", TXT, "Café.txt"),
        ("東京.txt", TXT, "東京.txt"),
        ("\ud800.txt", TXT, "file.txt"),
        ("a\u2028b.txt", TXT, "ab.txt"),
    ],
)
def test_a_name_is_made_harmless(given_name: str, kind: Kind, kept: str) -> None:
    assert safe_name(given_name, kind) == kept


@pytest.mark.parametrize("letter", ["a", "é", "東", "🦆"])
def test_a_long_name_is_shortened_between_letters(letter: str) -> None:
    name = safe_name(letter * 300 + ".pdf", PDF)
    assert len(name.encode()) <= MOST_BYTES
    assert len(name.encode()) > MOST_BYTES - 4
    assert set(name.removesuffix(".pdf")) == {letter}


@given(st.text(max_size=400), st.sampled_from(ALL))
def test_every_name_is_harmless(name: str, kind: Kind) -> None:
    kept = safe_name(name, kind)
    assert 0 < len(kept.encode()) <= MOST_BYTES
    assert extension_of(kept) in kind.extensions
    assert not set(kept) & set('/\\<>:"|?*\0')
    assert not any(unicodedata.category(one) in ("Cc", "Cf", "Cs") for one in kept)
    assert not kept.startswith((".", " "))
    assert safe_name(kept, kind) == kept
    header = content_disposition(kept)
    assert header.startswith("attachment; ")
    assert header.isascii()
    assert header.isprintable()


def test_a_name_in_a_header() -> None:
    assert content_disposition("a b.txt") == "attachment; filename=\"a b.txt\"; filename*=UTF-8''a%20b.txt"
    assert content_disposition("東.txt") == "attachment; filename=\"file.txt\"; filename*=UTF-8''%E6%9D%B1.txt"
    assert content_disposition("Café.txt") == "attachment; filename=\"Cafe.txt\"; filename*=UTF-8''Caf%C3%A9.txt"
