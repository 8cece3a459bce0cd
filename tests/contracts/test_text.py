"""The text types: what is trimmed, bounded, lowered and refused."""

import unicodedata
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.base import UNSEEN, Id, Line, Name, Paragraphs, Room, SearchText, Slug, Tag, Version, name_key

LENGTHS: dict[str, tuple[Any, int]] = {
    "Line": (Line, 200),
    "Name": (Name, 100),
    "Room": (Room, 60),
    "Paragraphs": (Paragraphs, 20_000),
}
LENGTHS |= {"SearchText": (SearchText, 200), "Tag": (Tag, 40)}
# Where they end a text they stay: they say how the letter or emoji before them looks.
UNSEEN_ALONE = ["\ufe0f", "\ufff9", "\U000e0001", "\u180b \ufe0e", "\u206a", "\U0001d173", "\U0001bca0", "\ufff0"]


@pytest.mark.parametrize(("kind", "longest"), LENGTHS.values(), ids=LENGTHS)
def test_texts_are_bounded_in_characters(kind: Any, longest: int) -> None:
    adapter = TypeAdapter[str](kind)
    assert adapter.validate_python("😀" * longest) == "😀" * longest
    with pytest.raises(ValidationError):
        adapter.validate_python("x" * (longest + 1))


@pytest.mark.parametrize(("kind", "longest"), LENGTHS.values(), ids=LENGTHS)
def test_texts_are_trimmed_before_they_are_measured(kind: Any, longest: int) -> None:
    assert TypeAdapter[str](kind).validate_python(" \n" + "x" * longest + "\t ") == "x" * longest


@pytest.mark.parametrize(("kind", "longest"), LENGTHS.values(), ids=LENGTHS)
@pytest.mark.parametrize("value", ["a\x00b", "\x00", 5, None, ["x"], b"\xff"])
def test_what_is_no_text_is_refused(kind: Any, longest: int, value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter[str](kind).validate_python(value)


@pytest.mark.parametrize("kind", [Line, Name, Paragraphs, Tag])
@pytest.mark.parametrize("value", ["", "   ", "\n\t\u00a0\u2003", "\u200b \u2060\ufeff", "\u3164", *UNSEEN_ALONE])
def test_some_are_never_empty(kind: Any, value: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter[str](kind).validate_python(value)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=200))
def test_unicode_is_kept(text: str) -> None:
    """All that can be seen, and what stands between it."""
    kept = TypeAdapter[str](SearchText).validate_python(text)
    composed = unicodedata.normalize("NFC", text)
    if not kept:
        assert name_key(composed) == ""
        return
    before, _, after = composed.partition(kept)
    assert kept in composed
    assert set(before + after) <= set(UNSEEN)


@pytest.mark.parametrize("text", ["I \u2764\ufe0f", "\U0001f3f4\U000e0067\U000e0062\U000e007f"])
def test_what_says_how_an_emoji_looks_stays_at_the_end(text: str) -> None:
    assert TypeAdapter[str](Line).validate_python(text) == text


@given(st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=4))
def test_every_accepted_name_has_a_key(text: str) -> None:
    try:
        name = TypeAdapter[str](Name).validate_python(text)
    except ValidationError:
        return
    assert name_key(name)


def test_tags_are_lowered() -> None:
    assert TypeAdapter[str](Tag).validate_python(" Große ÜBUNG ") == "große übung"


@pytest.mark.parametrize("kind", [Line, Name, Room, Paragraphs, SearchText, Tag])
def test_letters_have_one_form(kind: Any) -> None:
    """Also of a letter whose one form is longer, before it is measured."""
    adapter = TypeAdapter[str](kind)
    assert adapter.validate_python("pro\u0300bleme u\u0308ber ทํ\u0e49า") == unicodedata.normalize(
        "NFC", "pròbleme über ทํ้า"
    )
    with pytest.raises(ValidationError):
        adapter.validate_python("\u0958" * 20_000)


@pytest.mark.parametrize("kind", [Line, Name, Room, Tag])
@pytest.mark.parametrize("breaking", ["\n", "\r\n", "\x0b", "\x85", "\u2028", "\u202e", "\u2066", " \u2029 "])
def test_what_stands_in_lists_is_one_line_that_turns_nothing(kind: Any, breaking: str) -> None:
    found = TypeAdapter[str](kind).validate_python(f"wet{breaking}floor{breaking}")
    assert found in {"wet floor", "wetfloor"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Maja", "Ma\u200bja"),
        ("Maja", "\ufeffM\u00ada\u2060ja\ufe0f"),
        ("José", "Jose\u0301"),
        ("José", "JOSÉ"),
        ("Ｍａｊａ  Ｋ", "maja k"),
        ("Straße", "STRASSE"),
        ("نیک\u200cپور", "نیکپور"),
        ("Ma ja", "Ma\u00a0ja"),
    ],
)
def test_spellings_that_look_alike_are_one_name(one: str, other: str) -> None:
    assert name_key(one) == name_key(other) == name_key(name_key(one))


@pytest.mark.parametrize(("one", "other"), [("José", "Jose"), ("Maja", "Ma ja"), ("सीता", "सिता"), ("नम", "नम्")])
def test_names_that_look_different_are_different(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_a_shown_name_keeps_its_joiners() -> None:
    assert TypeAdapter[str](Name).validate_python("نیک\u200cپور") == "نیک\u200cپور"


@pytest.mark.parametrize("value", ["a", "a-b", "technical-it", "2-14", "x" * 60])
def test_slugs(value: str) -> None:
    assert TypeAdapter[str](Slug).validate_python(value) == value


@pytest.mark.parametrize("value", ["", "-", "a-", "-a", "a--b", "A", "a_b", "a b", "ä", "a\n", "x" * 61, "a/b", "a.b"])
def test_what_is_no_slug(value: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter[str](Slug).validate_python(value)


@pytest.mark.parametrize(("kind", "largest"), [(Id, 2**63 - 1), (Version, 2**31 - 1)])
def test_numbers_fit_their_columns(kind: Any, largest: int) -> None:
    adapter = TypeAdapter[int](kind)
    assert adapter.validate_python(largest) == largest
    for value in (0, -1, largest + 1, 1.5, "x", None, float("nan")):
        with pytest.raises(ValidationError):
            adapter.validate_python(value)
