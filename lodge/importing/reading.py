"""Reads the file row by row: plain or gzipped CSV, in any encoding."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from rich.progress import Progress

from lodge.errors import LodgeError
from lodge.importing.mapping import FileFormat
from lodge.importing.refusals import Refusals

MAX_FIELD = 1_000_000  # characters; longer ones come from a quote that nobody closed


class NumberedRow(NamedTuple):
    """A row's values by column, and the line of the file on which it begins. `problem` says what is wrong with it;
    then some values may be empty."""

    line: int
    values: dict[str, str]
    problem: str | None = None


@contextmanager
def open_rows(
    path: Path, form: FileFormat, progress: Progress, refusals: Refusals
) -> Iterator[tuple[list[str], Iterator[NumberedRow]]]:
    """The header and the rows below it. Lines that are not CSV go to the refusals.

    Raises `LodgeError` for a file that is empty or damaged.
    """
    with path.open("rb") as raw:
        task = progress.add_task("Reading", total=path.stat().st_size)
        counted = progress.wrap_file(raw, task_id=task)
        binary = gzip.GzipFile(fileobj=counted) if path.suffix == ".gz" else counted
        encoding = "utf-8-sig" if form.encoding == "utf-8" else form.encoding
        # A byte that the encoding does not know refuses its row, not the whole file.
        text = io.TextIOWrapper(cast(BinaryIO, binary), encoding, errors="surrogateescape", newline="")
        lines = _lines(path, text, form, refusals)
        _, header = next(lines, (0, []))
        if not header:
            raise LodgeError(f"{path} is empty: its first line must name the columns")
        yield [name.strip() for name in header], _numbered(header, lines, form.encoding)


def _lines(path: Path, text: io.TextIOWrapper, form: FileFormat, refusals: Refusals) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(text, delimiter=form.delimiter)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            refusals.add(line, f"this is no CSV: {error}")
        except (EOFError, gzip.BadGzipFile, zlib.error, UnicodeError) as error:
            raise LodgeError(f"{path} is damaged after line {line}: {error}") from None


def _numbered(header: list[str], lines: Iterator[tuple[int, list[str]]], encoding: str) -> Iterator[NumberedRow]:
    """A name that stands twice in the header means its last column. Empty lines are none."""
    names = [name.strip() for name in header]
    nothing = dict.fromkeys(names, "")
    for line, fields in lines:
        if fields:
            values = nothing | dict(zip(names, fields, strict=False))
            yield NumberedRow(line, values, _problem(fields, len(names), encoding))


def _problem(fields: list[str], wanted: int, encoding: str) -> str | None:
    if len(fields) != wanted:
        return f"it has {len(fields)} fields instead of {wanted}"
    whole = "".join(fields)
    if "\x00" in whole:
        return "it holds the NUL character"
    if not whole.isascii() and any("\ud800" <= letter <= "\udfff" for letter in whole):
        return f"it is not {encoding}"
    return None
