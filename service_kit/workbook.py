"""Writes a workbook of a large table, without a file to go back in and without keeping its rows.

Libraries need a temporary file or all rows in memory, and a statement's process has neither. Cells are made for whole
columns at once, as text in Arrow. The format: ECMA-376 part 1, chapter 18.
"""

import codecs
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from contracts.sheets import BEGINS_A_FORMULA, MOST_CELL_LETTERS, MOST_SHEET_COLUMNS, MOST_SHEET_ROWS

UTF_16 = "utf-16-le"
codecs.lookup(UTF_16)  # read from a file when it is first used, which a confined process cannot do
MOST_DIGITS = 15  # spreadsheets round numbers with more, so those are written as text
# A larger part of the archive would need ZIP64, which Excel takes for a damaged file.
MOST_BYTES_OF_A_SHEET = 1_900_000_000
NEEDS_SPACE_KEPT = r"\A\s|\s\z|[\n\t]| {2}"
# What XML cannot hold, and what would be read as the escape of such a character.
UNHOLDABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
UNHOLDABLE_IN_ARROW = r"[\x00-\x08\x0b-\x1f\x{fffe}\x{ffff}]|_x[0-9A-Fa-f]{4}_"
# Days are counted from 30 December 1899. Earlier than March 1900 spreadsheets disagree.
EPOCH, FIRST_DAY, FIRST_DAY_AFTER = 25_569, 61, 2_958_466
MICROSECONDS_OF_A_DAY = 86_400_000_000

# Places in `cellXfs` of STYLES.
BOLD, TEXT_LIKE_A_FORMULA, DAY, MOMENT = 1, 2, 3, 4
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
ABOUT = "About"
# What the archive begins with: by the first of these, programs recognise a workbook. How many sheets there will be is
# not known yet, so that an XML file is a sheet unless said otherwise.
FIRST_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Default Extension="xml" ContentType="{KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    # `quotePrefix` keeps text that looks like a formula a text also when somebody edits the cell.
    "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font/><font><b/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="5"><xf/><xf fontId="1" applyFont="1"/><xf quotePrefix="1"/>'
    '<xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
SHEET_BEGINS = (
    f'{XML}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
    'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)
SHEET_ENDS = "</sheetData></worksheet>"


class TooManyColumns(Exception):
    """The result is wider than a sheet."""


class Target(Protocol):
    """A file that is only written from its beginning to its end."""

    def write(self, data: Any) -> int: ...

    def tell(self) -> int: ...

    def flush(self) -> None: ...


class Workbook:
    """A workbook with a table, and a sheet that says what it is. With `goes_on`, a table that does not fit in one sheet
    goes on in the next one. `shortened` is how many texts were too long for a cell."""

    def __init__(self, target: Target, schema: pa.Schema, sheet: str = "Result", *, goes_on: bool = False) -> None:
        if len(schema) > MOST_SHEET_COLUMNS:
            raise TooManyColumns(f"A sheet has at most {MOST_SHEET_COLUMNS:,} columns; this has {len(schema):,}.")
        self.shortened = 0
        self._header = [pa.array([name]) for name in schema.names]
        self._name, self._goes_on = sheet, goes_on
        self._names: list[str] = []
        self._archive = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1)  # type: ignore[call-overload]
        self._write_parts(FIRST_PARTS)
        self._begin_sheet()

    @property
    def is_full(self) -> bool:
        """Whether the present sheet takes no more bytes."""
        return bool(self._written > MOST_BYTES_OF_A_SHEET)

    def write_batch(self, batch: pa.RecordBatch) -> None:
        if not self._goes_on:
            self._write_rows(batch.columns)
            return
        while batch.num_rows:
            room = 0 if self.is_full else MOST_SHEET_ROWS + 2 - self._next_row
            self._write_rows(batch.slice(0, room).columns)
            batch = batch.slice(room)
            if batch.num_rows:
                self._end_sheet()
                self._begin_sheet()

    def finish(self, told: Mapping[str, str]) -> None:
        """Ends the table, and writes the sheet that says what it is, a line for each of these, and the end of the
        archive."""
        self._end_sheet()
        if self.shortened:
            told = {**told, "Texts cut": f"{self.shortened:,}, because a cell holds {MOST_CELL_LETTERS:,} characters"}
        lines = [pa.array(list(told)), pa.array([value[:MOST_CELL_LETTERS] for value in told.values()])]
        self._open_sheet(ABOUT, f'{XML}<worksheet xmlns="{MAIN}"><sheetData>')
        self._write_rows(lines)
        self._end_sheet()
        self._write_parts(_naming(self._names))
        self._archive.close()

    def _write_parts(self, parts: Mapping[str, str]) -> None:
        for name, content in parts.items():
            self._archive.writestr(name, XML + content)

    def _begin_sheet(self) -> None:
        number = len(self._names) + 1
        self._open_sheet(self._name if number == 1 else f"{self._name} {number}", SHEET_BEGINS)
        self._write_rows(self._header, BOLD)

    def _open_sheet(self, name: str, beginning: str) -> None:
        self._names.append(name)
        self._sheet = self._archive.open(f"xl/worksheets/sheet{len(self._names)}.xml", "w")
        self._written = self._sheet.write(beginning.encode())
        self._next_row = 1

    def _end_sheet(self) -> None:
        self._sheet.write(SHEET_ENDS.encode())
        self._sheet.close()

    def _write_rows(self, columns: list[pa.Array], style: int = 0) -> None:
        if not columns or not len(columns[0]):
            return
        numbers = pa.array(range(self._next_row, self._next_row + len(columns[0]))).cast(pa.string())
        cells = [self._cells(_letters(place), numbers, column, style) for place, column in enumerate(columns)]
        rows = pc.binary_join_element_wise('<row r="', numbers, '">', *cells, "</row>", "")
        content = memoryview(rows.buffers()[2])[: pc.sum(pc.binary_length(rows)).as_py()]
        self._written += self._sheet.write(content)
        self._next_row += len(numbers)

    def _cells(self, letters: str, numbers: pa.Array, column: pa.Array, style: int) -> pa.Array:
        """Returns the column's cells in XML; nothing where there is no value."""

        def cell(attributes: Any, text: pa.Array) -> pa.Array:
            made = pc.binary_join_element_wise(f'<c r="{letters}', numbers, attributes, text, "</v></c>", "")
            return made.fill_null("")

        def texts(column: pa.Array) -> pa.Array:
            text = column.cast(pa.string())
            begins = _beginnings(text, style)
            made = pc.binary_join_element_wise(
                f'<c r="{letters}', numbers, begins, self._held(text), "</t></is></c>", ""
            )
            return made.fill_null("")

        kinds, type_ = pa.types, column.type
        if kinds.is_boolean(type_):
            return cell('" t="b"><v>', pc.if_else(column, "1", "0"))
        if kinds.is_date32(type_) or kinds.is_timestamp(type_):
            day = _days(column)
            is_so = pc.and_(pc.greater_equal(day, FIRST_DAY), pc.less(day, FIRST_DAY_AFTER))
            shown = cell(f'" s="{DAY if kinds.is_date32(type_) else MOMENT}"><v>', day.cast(pa.string()))
        elif kinds.is_string(type_):
            return texts(column)
        else:
            number = column.cast(pa.string())
            is_short = pc.less_equal(pc.utf8_length(number), MOST_DIGITS)
            is_so = pc.is_finite(column) if kinds.is_floating(type_) else is_short
            shown = cell('"><v>', number)
        if pc.all(is_so).as_py() is not False:
            return shown
        return pc.if_else(is_so.fill_null(True), shown, texts(column))

    def _held(self, text: pa.Array) -> pa.Array:
        """Returns what stands in the XML for a text: shortened to what a cell holds, and with the characters escaped
        that XML cannot hold, as `_x0007_`."""
        long = pc.greater(pc.binary_length(text), MOST_CELL_LETTERS)
        if pc.any(long).as_py():
            before, text = text, _changed(text, long, _shortened)
            self.shortened += pc.sum(pc.not_equal(before, text)).as_py()
        unholdable = pc.match_substring_regex(text, UNHOLDABLE_IN_ARROW)
        if pc.any(unholdable).as_py():
            text = _changed(text, unholdable, _escaped)
        for character, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            text = pc.replace_substring(text, character, written)
        return text


def _naming(sheets: Sequence[str]) -> dict[str, str]:
    """Returns the files of the archive that name the sheets."""
    named = list(enumerate(sheets, start=1))
    entries = "".join(f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>' for number, name in named)
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number, _ in named
    )
    return {
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{entries}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{relations}'
        f'<Relationship Id="rId{len(sheets) + 1}" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
    }


def _beginnings(text: pa.Array, style: int) -> pa.Array:
    """Returns how the cells of texts begin. Each says that it is a text, so that none is a formula."""
    usual = f'" s="{style}" t="inlineStr"><is><t' if style else '" t="inlineStr"><is><t'
    like_formula = f'" s="{TEXT_LIKE_A_FORMULA}" t="inlineStr"><is><t'
    begins = pc.if_else(pc.match_substring_regex(text, BEGINS_A_FORMULA), like_formula, usual)
    space = pc.if_else(pc.match_substring_regex(text, NEEDS_SPACE_KEPT), ' xml:space="preserve">', ">")
    return pc.binary_join_element_wise(begins, space, "")


def _days(column: pa.Array) -> pa.Array:
    if pa.types.is_date32(column.type):
        return pc.add(column.cast(pa.int32()).cast(pa.int64()), EPOCH)
    moments = column.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
    return pc.add(pc.divide(moments.cast(pa.float64(), safe=False), float(MICROSECONDS_OF_A_DAY)), float(EPOCH))


def _changed(text: pa.Array, which: pa.Array, change: Callable[[str], str]) -> pa.Array:
    """Returns the texts, with those changed for which `which` is true."""
    which = which.fill_null(False)
    changed = pa.array([change(value) for value in text.filter(which).to_pylist()], pa.string())
    return pc.replace_with_mask(text, which, changed)


def _shortened(text: str) -> str:
    """Cuts a text to what a cell holds, which is counted in UTF-16."""
    return text.encode(UTF_16)[: 2 * MOST_CELL_LETTERS].decode(UTF_16, "ignore")


def _escaped(text: str) -> str:
    return UNHOLDABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


@cache
def _letters(place: int) -> str:
    """Returns the name of a column: A for 0, AA for 26."""
    found = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        found = chr(ord("A") + rest) + found
    return found
