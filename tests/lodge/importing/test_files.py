"""What is no table of text is named for what it is; nothing fills the memory, waits for ever or ends in a traceback."""

import bz2
import gzip
import io
import os
import random
import zipfile
from pathlib import Path

import pytest
from rich.progress import Progress

from lodge.errors import LodgeError
from lodge.importing.files import open_regular
from lodge.importing.mapping import FileFormat, load_mapping
from lodge.importing.reading import MAX_ROW, open_table
from lodge.importing.refusals import Refusals
from lodge.importing.yaml_text import read_yaml

TABLE = "id,text\n1,Lämp\n"


def table(path: Path, refusals: Refusals | None = None) -> list[list[str]]:
    """The header and the rows that are not refused."""
    refusals = refusals or Refusals()
    with (
        Progress(disable=True) as progress,
        open_table(path, FileFormat(), {"id", "text"}, progress, refusals) as read,
    ):
        rows = []
        for row in read.rows:
            if row.problem:
                refusals.add(row.line, row.problem)
            else:
                rows.append(list(row.row.fields))
        return [read.header, *rows]


def written(folder: Path, content: bytes | str, name: str = "f.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def told(path: Path) -> str:
    with pytest.raises(LodgeError) as error:
        table(path)
    assert str(error.value).replace("\n", "").isprintable()
    return str(error.value)


def zipped(*names: str) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return whole.getvalue()


def said(value: str | bytes) -> str:
    """The name of a test in terms of texts: bytes may hold the time at which they were packed, which is another one in
    each process that runs tests."""
    return value if isinstance(value, str) else ""


KINDS = [
    (zipped("[Content_Types].xml", "xl/workbook.xml"), "is an Excel workbook (.xlsx)"),
    (zipped("mimetype", "word/document.xml"), "is an Office document"),
    (zipped("tickets.csv"), "is a zip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "is an old Office file"),
    (bz2.compress(b"id,text\n1,a\n"), "is a bzip2 archive"),
    (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "is a PDF document"),
    (b"SQLite format 3\x00" + bytes(100), "is an SQLite database"),
    (b"PAR1\x15\x04\x15" + bytes(100), "is a Parquet file"),
    (b'[{"id": 1, "text": "a"}]', "is JSON"),
    (b'\xef\xbb\xbf\n{"id": 1, "text": "a"}\n{"id": 2, "text": "b"}\n', "is JSON"),
    ('[{"id": 1}]'.encode("utf-16"), "is JSON"),
    (b'<?xml version="1.0"?>\n<Workbook/>', "is XML or HTML"),
    (b"<html><table><tr><td>id</td></tr></table></html>", "is XML or HTML"),
    (TABLE.encode("utf-16-le"), "is UTF-16 text without its mark, it seems (utf-16-le)"),
    (TABLE.encode("utf-16-be"), "(utf-16-be)"),
    (random.Random(1).randbytes(5_000), "is binary data"),
    (gzip.compress(gzip.compress(TABLE.encode())), "holds another gzip archive"),
    (gzip.compress(zipped("xl/workbook.xml")), "holds an Excel workbook"),
    (gzip.compress(TABLE.encode())[:25], "is damaged at its beginning"),
    (b"\x1f\x8b", "is damaged at its beginning"),
    (b"\x1f\x8b\x08\x00" + bytes(60), "is damaged at its beginning"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "kind"), KINDS, ids=said)
@pytest.mark.parametrize("name", ["f.csv", "f.csv.gz"])
def test_a_file_is_named_for_what_it_is(tmp_path: Path, content: bytes, kind: str, name: str) -> None:
    """By its content: names lie."""
    assert kind in told(written(tmp_path, content, name))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (TABLE.encode(), "f.csv.gz"),
        (gzip.compress(TABLE.encode()), "f.csv"),
        (TABLE.encode("utf-8-sig"), "f.csv"),
        (TABLE.encode("utf-16"), "f.txt"),
        (b"\xfe\xff" + TABLE.encode("utf-16-be"), "f.txt"),
        (TABLE.encode("utf-32"), "f.txt"),
    ],
    ids=said,
)
def test_what_the_content_says_itself_is_believed(tmp_path: Path, content: bytes, name: str) -> None:
    assert table(written(tmp_path, content, name)) == [["id", "text"], ["1", "Lämp"]]


@pytest.mark.parametrize("header", ["[id],text", "{Tag},id", "<id>;text", "# id"])
def test_headers_that_begin_oddly_are_still_tables(tmp_path: Path, header: str) -> None:
    assert table(written(tmp_path, f"{header}\n"))[0] == header.split(",")


def test_devices_pipes_and_folders_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    (tmp_path / "loop").symlink_to("loop")
    kinds = {
        tmp_path / "pipe": "is a pipe",
        tmp_path: "is a folder",
        Path("/dev/zero"): "is a device",
        tmp_path / "link": "is a device",
        tmp_path / "loop": "cannot be read",
        tmp_path / "none": "cannot be read: No such file or directory",
    }
    for path, kind in kinds.items():
        assert kind in told(path)
        with pytest.raises(LodgeError, match=kind):
            load_mapping(path)


def test_a_line_without_an_end_is_not_read_to_its_end(tmp_path: Path) -> None:
    """50 million characters in 50 kB: the file may be as long as it likes."""
    path = tmp_path / "f.csv.gz"
    with gzip.open(path, "wb", compresslevel=9) as packed:
        packed.write(b"id,text\n")
        for _ in range(5):
            packed.write(b"a" * 10_000_000)
    assert told(path).endswith("line 2 is longer than 1,000,000 characters. This is no table.")
    with path.open("rb") as raw, gzip.GzipFile(fileobj=raw) as unpacked:
        assert len(unpacked.read(MAX_ROW)) == MAX_ROW


def test_a_row_of_many_long_fields_is_refused_alone(tmp_path: Path) -> None:
    """Each of its fields and lines is short enough; together they would be the whole file."""
    row = '2,"' + '\n","'.join(["x" * 400_000] * 4) + '"\n'
    refusals = Refusals()
    rows = table(written(tmp_path, f"{TABLE}{row}3,last\n"), refusals)
    assert rows[-1] == ["3", "last"]
    assert "line 3: this is no CSV: it goes on for more than 1,000,000 characters" in str(refusals)


def test_refusals_are_bounded_however_many_there_are(tmp_path: Path) -> None:
    refusals = Refusals()
    table(written(tmp_path, "id,text\n" + "".join(f"{'x,' * (n % 97)}\n" for n in range(20_000))), refusals)
    assert refusals.total > 19_000
    assert len(str(refusals).splitlines()) < 10


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (f"{BOMB}kind: *i\n", "is an alias; they are not read here"),
        ("a: &a {b: *a}\n", "is an alias"),
        ("<<: *base\n", "is an alias"),
        ("[" * 10_000, "nested deeper than 20 levels"),
        ("{a: " * 10_000, "nested deeper than 20 levels"),
        ("- " * 10_000, "nested deeper than 20 levels"),
        ("".join(" " * n + "a:\n" for n in range(500)), "nested deeper than 20 levels"),
        ("a: 1\n" * 100_000, "has more than 262,144 bytes"),
        ("kind: tickets\nkind: event-log\n", "line 2: the key 'kind' stands twice"),
        ("? [a, b]\n: c\n", "a key must be a text"),
        (b"kind: \xff\xfe\x00", "Save it as UTF-8 text"),
        (b"\x00\x01\x02", "cannot be read as YAML"),
        ("kind: tickets\n---\nkind: tickets\n", "cannot be read as YAML"),
        ("%YAML 9.9\n--- a\n", "cannot be read as YAML"),
    ],
)
def test_a_mapping_is_small_and_says_everything_once(tmp_path: Path, content: bytes | str, wrong: str) -> None:
    with pytest.raises(LodgeError) as error:
        load_mapping(written(tmp_path, content))
    assert wrong in str(error.value)
    assert len(str(error.value)) < 1_000


def test_texts_stay_as_they_stand(tmp_path: Path) -> None:
    content = "a: 01\nb: yes\nc: 2026-02-31\nd:\ne: ''\nf: !!int ''\ng: !!timestamp x\nno: ~\n1: [0x1F]\n"
    assert read_yaml(written(tmp_path, content)) == {
        "a": "01", "b": "yes", "c": "2026-02-31", "d": None, "e": "", "f": "", "g": "x", "no": None, "1": ["0x1F"],
    }  # fmt: skip


def test_nonsense_is_told_and_never_a_crash(tmp_path: Path) -> None:
    """Bytes at random, and a good table and mapping with bytes changed in them, cut and packed."""
    chance, read_whole, sentences = random.Random(9), 0, list[str]()
    mapping = b"kind: tickets\nsource: x\nticket: {description: '{text}', requester: a, opened_at: '{id}'}\n"
    for turn in range(90):
        for whole, read in ((TABLE.encode() * 20, table), (mapping, load_mapping), (mapping, read_yaml)):
            content = bytearray(whole if turn % 3 else chance.randbytes(300))
            for _ in range(chance.randrange(1, 9)):
                content[chance.randrange(len(content))] = chance.choice(b'\x00\xff\x1b"{}[]&*:-\n\r,#\xc3\xed\xa0')
            packed = gzip.compress(content, mtime=0) if turn % 5 == 0 else bytes(content)
            path = written(tmp_path, packed[: chance.randrange(len(packed))] if turn % 7 == 0 else packed)
            try:
                read(path)
                read_whole += 1
            except LodgeError as error:
                sentences.append(str(error))
    assert min(read_whole, len(sentences)) > 30, "some can be read, some cannot"
    assert [told for told in sentences if str(tmp_path) not in told or not told.replace("\n", "").isprintable()] == []


def test_a_regular_file_is_opened(tmp_path: Path) -> None:
    with open_regular(written(tmp_path, TABLE)) as file:
        assert file.read() == TABLE.encode()
