"""Opens the file that an import is given, and refuses all but regular files that contain a table of text."""

import gzip
import os
import re
import stat
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from lodge.errors import LodgeError

HEAD = 65_536  # bytes; enough to recognise any kind of file
DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error)
# A file with a larger share of control characters is binary, not text with a few stray ones.
MAX_CONTROL_SHARE = 0.05
CONTROLS = bytes([*range(9), *range(14, 27), *range(28, 32), 127])
GZIP = b"\x1f\x8b"
AS_CSV = "Open it in the program it belongs to and save the table as CSV (UTF-8)."
UNPACKED = "Unpack it, and import the CSV file in it."
JSON_TO_CSV = (
    "Make a CSV file of it, for example with the packages that came with Lodge: "
    '.venv/bin/python -c "import json, pandas; '
    "pandas.DataFrame(json.load(open('FILE')), dtype=object).to_csv('FILE.csv', index=False)\""
)

KINDS_BY_FIRST_BYTES: list[tuple[bytes, str, str]] = [
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file, such as an Excel workbook (.xls)", AS_CSV),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACKED),
    (b"Rar!\x1a\x07", "a RAR archive", UNPACKED),
    (b"BZh", "a bzip2 archive", UNPACKED),
    (b"\xfd7zXZ\x00", "an xz archive", UNPACKED),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", UNPACKED),
    (b"%PDF", "a PDF document", AS_CSV),
    (b"SQLite format 3\x00", "an SQLite database", "Export the table with the tickets as CSV."),
    (b"PAR1", "a Parquet file", "Write its table as CSV."),
    (b"\x89PNG", "a picture", AS_CSV),
    (b"\xff\xd8\xff", "a picture", AS_CSV),
    (b"{\\rtf", "a rich text document", AS_CSV),
]
BYTE_ORDER_MARKS = [  # UTF-32 comes first, because its little-endian mark begins with that of UTF-16
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
]
JSON = re.compile(rb'\s*(\[\s*[\[{"\]]|\{\s*["}])')
MARKUP = re.compile(rb"\s*<([?!]|[a-zA-Z][^<>]*>\s*<)")


class Looks(NamedTuple):
    """What the first bytes of a file show. `encoding` is that of its byte order mark, None without one."""

    is_gzipped: bool
    encoding: str | None


@contextmanager
def open_regular(path: Path) -> Iterator[BinaryIO]:
    """Opens a regular file. Raises `LodgeError`, without blocking, for a folder, device, pipe or unreadable file."""
    try:
        # Without O_NONBLOCK, opening a pipe waits until somebody writes to it.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise LodgeError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise LodgeError(f"{path} is {_special(mode)}. An import reads regular files only: save it as one first.")
    with os.fdopen(descriptor, "rb") as opened:
        yield opened


def _special(mode: int) -> str:
    kinds: dict[Callable[[int], bool], str] = {stat.S_ISDIR: "a folder", stat.S_ISFIFO: "a pipe"}
    return next((name for is_kind, name in kinds.items() if is_kind(mode)), "a device")


def looks(path: Path, raw: BinaryIO, said_encoding: str) -> Looks:
    """Examines the first bytes of a file and seeks back to its beginning.

    Raises `LodgeError` that names the kind of file when it is no table of text.
    """
    head = raw.read(HEAD)
    is_gzipped = head.startswith(GZIP)
    raw.seek(0)
    if is_gzipped:
        try:
            head = gzip.GzipFile(fileobj=raw).read(HEAD)
        except DAMAGED as error:
            raise LodgeError(f"{path} is damaged at its beginning: {error}") from None
        raw.seek(0)
    encoding = next((name for mark, name in BYTE_ORDER_MARKS if head.startswith(mark)), None)
    found = _no_table(head, encoding or said_encoding)
    if found:
        what, advice = found
        inside = "holds" if is_gzipped else "is"
        raise LodgeError(f"{path} {inside} {what}, and an import reads CSV files, plain or gzipped. {advice}")
    return Looks(is_gzipped, encoding)


def _no_table(head: bytes, encoding: str) -> tuple[str, str] | None:
    """Returns what the content is and what to do about it, or None when it may be a table of text."""
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _zip_kind(head)
    if head.startswith(GZIP):
        return "another gzip archive", UNPACKED
    if head[257:262] == b"ustar":
        return "a tar archive", UNPACKED
    for first, what, advice in KINDS_BY_FIRST_BYTES:
        if head.startswith(first):
            return what, advice
    text = _ascii_of(head, encoding)
    if JSON.match(text):
        return "JSON", JSON_TO_CSV
    if MARKUP.match(text):
        return "XML or HTML", AS_CSV
    return _binary_kind(head, encoding)


def _zip_kind(head: bytes) -> tuple[str, str]:
    """Returns the kind of a zip file and what to do about it.

    Office files are zips, and the names of their members appear uncompressed near the beginning.
    """
    if b"xl/" in head:
        return "an Excel workbook (.xlsx)", "Open it and save the sheet with the tickets as CSV UTF-8."
    if b"opendocument.spreadsheet" in head:
        return "an OpenDocument workbook (.ods)", "Open it and save the sheet with the tickets as CSV (UTF-8)."
    if b"word/" in head or b"ppt/" in head or b"opendocument" in head:
        return "an Office document", AS_CSV
    return "a zip archive", UNPACKED


def _ascii_of(head: bytes, encoding: str) -> bytes:
    """Decodes the bytes and returns only their ASCII characters, as bytes."""
    return head.decode(encoding, "ignore").lstrip("\ufeff").encode("ascii", "ignore")


def _binary_kind(head: bytes, encoding: str) -> tuple[str, str] | None:
    if encoding.startswith(("utf-16", "utf-32")):
        return None
    # In UTF-16 one byte of each ASCII letter's pair is 0: the first in big-endian order, the second in little-endian.
    halves = {"utf-16-be": head[0::2], "utf-16-le": head[1::2]}
    for name, half in halves.items():
        if len(half) > 1 and half.count(0) > len(half) * 0.7 and head.count(0) < len(head) * 0.7:
            return f"UTF-16 text without its mark, it seems ({name})", f"Say `encoding: {name}` under `file`."
    controls = len(head) - len(head.translate(None, CONTROLS))
    if controls > len(head) * MAX_CONTROL_SHARE:
        return "binary data", AS_CSV
    return None
