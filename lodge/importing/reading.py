"""Reads the file row by row: plain or gzipped CSV, in any encoding."""

import csv
import gzip
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from rich.progress import Progress

from lodge.errors import LodgeError
from lodge.importing.files import DAMAGED, looks, open_regular
from lodge.importing.mapping import HEADER_LINES, FileFormat
from lodge.importing.refusals import Refusals, RowRefused
from lodge.importing.templates import Row, column_name, places

MAX_ROW = 1_000_000  # characters; a longer row means an unclosed quotation mark, or a file that is no table
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[;,\t ]*\r?\n?', re.IGNORECASE)  # Excel's way to name the separator


class NumberedRow(NamedTuple):
    """A row, and the line of the file on which it begins. If something is wrong with the row, `problem` says what, and
    some of its values may be missing."""

    line: int
    row: Row
    problem: RowRefused | None = None


@dataclass
class Table:
    """`header` holds the columns' names as in the file; `notes` report how the file's first lines were read."""

    header: list[str]
    rows: Iterator[NumberedRow]
    notes: list[str]


@contextmanager
def open_table(
    path: Path, form: FileFormat, wanted: set[str], progress: Progress, refusals: Refusals
) -> Iterator[Table]:
    """Opens a CSV file. The header is the one of the first lines that contains the `wanted` columns' names. Rows that
    are not valid CSV are added to the refusals.

    Raises `LodgeError` for a file that is no table, empty or damaged.
    """
    with open_regular(path) as raw:
        seen = looks(path, raw, form.encoding)
        counted = progress.wrap_file(raw, task_id=progress.add_task("Reading", total=os.fstat(raw.fileno()).st_size))
        binary = gzip.GzipFile(fileobj=counted) if seen.is_gzipped else counted
        encoding = seen.encoding or form.encoding
        # With surrogateescape, a byte that the encoding does not know refuses only its row, not the whole file.
        text = io.TextIOWrapper(cast(BinaryIO, binary), encoding, errors="surrogateescape", newline="")
        yield _Reading(path, form, encoding, _lines(path, text)).table(wanted, refusals)


def _lines(path: Path, text: io.TextIOWrapper) -> Iterator[str]:
    """Yields the file's lines. Raises LodgeError for a damaged file, and for a line longer than MAX_ROW, because an
    endless line would fill the memory."""
    number = 0
    while True:
        try:
            line = text.readline(MAX_ROW + 1)
        except (*DAMAGED, UnicodeError, OSError, ValueError) as error:
            place = f"after line {number}" if number else "at its beginning"
            raise LodgeError(f"{path} is damaged {place}: {error}") from None
        if not line:
            return
        number += 1
        if len(line) > MAX_ROW:
            raise LodgeError(f"{path}: line {number} is longer than {MAX_ROW:,} characters. This is no table.")
        yield line


class _Measured:
    """Gives lines to the CSV reader and limits the size of a row, which may span several lines. The reader's own limit
    is for each field, and a row may have any number of fields.

    This is not a generator, because a generator ends when it raises an error, and the next row must still be read.
    """

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.count = 0
        self.size = 0  # characters of the row that is being read

    def __iter__(self) -> "_Measured":
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        self.count += 1
        self.size += len(line)
        if self.size > MAX_ROW:
            raise csv.Error(f"it goes on for more than {MAX_ROW:,} characters; is a quotation mark not closed?")
        return line


class _Reading:
    def __init__(self, path: Path, form: FileFormat, encoding: str, lines: Iterator[str]) -> None:
        self.path = path
        self.form = form
        self.encoding = encoding.removesuffix("-sig")
        self.lines = lines
        self.delimiter = form.delimiter
        csv.field_size_limit(MAX_ROW)

    def table(self, wanted: set[str], refusals: Refusals) -> Table:
        first = self._first_lines()
        self._take_separator(first)
        start, notes = self._header_place(first, wanted)
        records = self._records(chain(first[start:], self.lines), start, refusals)
        line, header = next(records, (0, []))
        self._check_header(line, header)
        return Table(header, self._numbered(header, records), notes)

    def _first_lines(self) -> list[str]:
        """Returns the lines among which the header is looked for."""
        first: list[str] = []
        while len(first) < HEADER_LINES and sum(map(len, first)) < MAX_ROW and (line := next(self.lines, None)):
            first.append(line)
        return first

    def _take_separator(self, first: list[str]) -> None:
        """Removes a line that names the separator, and uses this separator unless the mapping names one."""
        for place, line in enumerate(first):
            if line.strip():
                if found := SEPARATOR_LINE.fullmatch(line):
                    first[place] = "\n"
                    self.delimiter = self.delimiter if "delimiter" in self.form.model_fields_set else found[1]
                return

    def _header_place(self, first: list[str], wanted: set[str]) -> tuple[int, list[str]]:
        """Returns the index of the header line, and notes. It is the first line with the most wanted columns, unless
        the mapping names a line. Raises LodgeError when there is no such line."""
        filled = [place for place, line in enumerate(first) if line.strip()]
        if self.form.header_line:
            if self.form.header_line - 1 not in filled:
                raise LodgeError(f"{self.path}: line {self.form.header_line}, the `header_line`, is blank or not there")
            return self.form.header_line - 1, []
        if not filled:
            raise LodgeError(f"{self.path} is empty: its first line must name the columns")
        found = {place: len(wanted & self._names_at(first, place)) for place in filled}
        best = max(filled, key=lambda place: (found[place], -place))
        passed = [place for place in filled if place < best]
        if not passed or not found[best]:
            return filled[0], []
        lines = "the line above it was" if len(passed) == 1 else f"the {len(passed)} lines above it were"
        return best, [f"Line {best + 1} names the columns; {lines} passed over."]

    def _names_at(self, first: list[str], place: int) -> set[str]:
        try:
            return set(map(column_name, next(csv.reader(first[place:], delimiter=self.delimiter), [])))
        except csv.Error:
            return set()

    def _check_header(self, line: int, header: list[str]) -> None:
        whole = "".join(header)
        if _is_undecoded(whole):
            raise LodgeError(
                f"{self.path}: line {line}, which names the columns, is not {self.encoding}. {_advice(self.encoding)}"
            )
        if any(not letter.isprintable() and not letter.isspace() and ord(letter) < 0xA0 for letter in whole):
            raise LodgeError(f"{self.path}: line {line} should name the columns and is no text. This is no CSV file.")

    def _records(self, lines: Iterator[str], start: int, refusals: Refusals) -> Iterator[tuple[int, list[str]]]:
        measured = _Measured(lines)
        reader = csv.reader(measured, delimiter=self.delimiter)
        while True:
            line = start + measured.count + 1
            measured.size = 0
            try:
                yield line, next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                refusals.add(line, RowRefused(f"this is no CSV: {error}", kind="csv"))

    def _numbered(self, header: list[str], records: Iterator[tuple[int, list[str]]]) -> Iterator[NumberedRow]:
        """Yields the rows with their line numbers, and skips rows without any value."""
        columns = places(header)
        for line, fields in records:
            if any(map(str.strip, fields)):
                yield NumberedRow(line, Row(columns, fields), self._problem(fields, len(header)))

    def _problem(self, fields: list[str], wanted: int) -> RowRefused | None:
        if len(fields) < wanted or any(fields[wanted:]):  # empty fields after the last column are accepted
            return RowRefused(f"it has {len(fields)} fields instead of {wanted}", kind="fields")
        whole = "".join(fields)
        if "\x00" in whole:
            return RowRefused("it holds the NUL character")
        if _is_undecoded(whole):
            return RowRefused(f"it is not {self.encoding}", kind="encoding", hint=_advice(self.encoding))
        return None


def _advice(encoding: str) -> str:
    return (
        f"The file is not {encoding}: before anything else, name its `encoding:` under `file` in the mapping, such as "
        "cp1252 (Windows) or latin-1."
    )


def _is_undecoded(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text)
