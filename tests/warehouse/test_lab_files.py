"""Files of a result: what each format holds, and what spreadsheets get in place of what they cannot hold."""

import csv
import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from contracts.sheets import MOST_CELL_LETTERS
from service_kit import table_files, workbook
from warehouse.lab import files
from warehouse.lab.frames import Kind, Request
from warehouse.lab.sink import Sink

EVERY_TYPE = """
SELECT true AS truth, 42 AS whole, 170141183460469231731687303715884105727 AS huge, 1.10::DECIMAL(9, 2) AS exact,
  0.5::DOUBLE AS "real", 'nan'::DOUBLE AS nothing, 'café' AS word, 'b'::ENUM('a', 'b') AS choice,
  DATE '2026-11-30' AS "day", TIMESTAMP '2026-11-30 12:30:00' AS moment, TIMESTAMPTZ '2026-11-30 12:30:00+00' AS zoned,
  TIME '12:30:00' AS hour, INTERVAL '1 month 2 days' AS while, '\\x01'::BLOB AS bytes, [1, 2] AS many,
  {'a': 1} AS record, '6ba7b810-9dad-11d1-80b4-00c04fd430c8'::UUID AS uuid, 1 AS whole, NULL AS missing
UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
  NULL, NULL
"""
FORMULAS = ["=1+1", "+1", "-1", "@x", "\tx", "\rx"]


class Made:
    def __init__(self, sql: str, form: str, rows: int = 5_000_000, size: int = 1024**3) -> None:
        content = io.BytesIO()
        connection = duckdb.connect(config={"threads": 1})
        connection.execute(sql)
        request = Request(sql, {}, rows, size, 30.0, 1024**3, 1, form=form)

        def send(_: Kind, part: bytes) -> None:
            content.write(part)

        sink = Sink(Kind.FILE, send)
        self.told = files.send_file(connection, request, sink)
        self.content = content.getvalue()
        assert sink.size == len(self.content)

    def lines(self) -> list[list[str]]:
        return list(csv.reader(io.StringIO(self.content.decode("utf-8-sig"), newline="")))

    def sheet(self, number: int = 0) -> list[tuple[Any, ...]]:
        book = openpyxl.load_workbook(io.BytesIO(self.content), read_only=True)
        return list(book.worksheets[number].values)


def test_every_type_as_csv() -> None:
    header, row, empty = Made(EVERY_TYPE, "csv").lines()
    told = dict(zip(header, row, strict=True))
    assert told["huge"] == "170141183460469231731687303715884105727"
    assert (told["exact"], told["word"], told["choice"], told["day"]) == ("1.10", "café", "b", "2026-11-30")
    assert told["moment"].startswith("2026-11-30 12:30:00")
    assert told["zoned"].startswith("2026-11-30 12:30:00")
    assert told["zoned"].endswith("+00:00")
    assert (told["while"], told["many"], told["record"]) == ("P1M2DT0S", "[1, 2]", '{"a": 1}')
    assert (told["whole"], told["whole (2)"], told["bytes"]) == ("42", "1", "01")
    assert set(empty) == {""}


def test_every_type_as_a_sheet() -> None:
    header, row, empty = Made(EVERY_TYPE, "xlsx").sheet()
    told = dict(zip(header, row, strict=False))
    assert told["truth"] is True
    assert (told["whole"], told["exact"], told["real"]) == (42, 1.1, 0.5)
    assert told["huge"] == "170141183460469231731687303715884105727", "a sheet would round it"
    assert (told["nothing"], told["word"], told["many"]) == ("nan", "café", "[1, 2]")
    assert (told["day"], told["moment"]) == (datetime(2026, 11, 30), datetime(2026, 11, 30, 12, 30))  # noqa: DTZ001
    assert all(value is None for value in empty)


def test_every_type_as_parquet_and_arrow() -> None:
    told = pd.read_parquet(io.BytesIO(Made(EVERY_TYPE, "parquet").content), dtype_backend="pyarrow")
    assert list(told)[-2:] == ["whole (2)", "missing"]
    assert (told["exact"][0], told["day"][0]) == (Decimal("1.10"), date(2026, 11, 30))
    assert list(told["many"][0]) == [1, 2]
    table = pa.ipc.open_file(Made(EVERY_TYPE, "arrow").content).read_all()
    assert table.column("while").to_pylist()[0] == pa.MonthDayNano([1, 2, 0])


NESTED = (
    "SELECT [TIMESTAMPTZ '2026-11-30 12:00:00+00'] AS zoned, {'day': DATE '20000-01-01'} AS far, "
    "[INTERVAL 1 month] AS i, [union_value(a := 1)] AS u"
)


def test_moments_within_lists_are_texts() -> None:
    _, row = Made(NESTED, "csv").lines()
    assert row[:2] == ['["2026-11-30 12:00:00.000000"]', '{"day": "20000-01-01"}']


def test_what_parquet_does_not_have_is_text_within_lists_too() -> None:
    assert pq.read_table(io.BytesIO(Made(NESTED, "parquet").content))["u"].to_pylist() == ["[1]"]


def test_many_narrow_columns_take_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_files, "CELLS_AT_ONCE", 10)
    written: list[int] = []
    write_batch = workbook.Workbook.write_batch

    def write(book: workbook.Workbook, batch: pa.RecordBatch) -> None:
        written.append(batch.num_rows)
        write_batch(book, batch)

    monkeypatch.setattr(workbook.Workbook, "write_batch", write)
    Made("SELECT true, true, true FROM range(9)", "xlsx")
    assert written == [3, 3, 3]


def test_no_cell_is_a_formula() -> None:
    values = ", ".join(f"('{text}')" for text in FORMULAS)
    sql = f'SELECT "=head", -1 AS number FROM (VALUES {values}) AS found("=head")'
    lines = Made(sql, "csv").lines()
    assert [line[0] for line in lines] == ["'=head", *(f"'{text}" for text in FORMULAS)]
    assert {line[1] for line in lines[1:]} == {"-1"}, "a number is no formula"
    made = Made(sql, "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(made.content))
    cells = [cell for (cell, _) in book.worksheets[0].iter_rows()]
    assert [cell.value for cell in cells][:6] == ["=head", *FORMULAS[:5]]
    assert {cell.data_type for cell in cells} == {"s"} or {cell.data_type for cell in cells} == {"inlineStr"}
    assert all(cell.quotePrefix for cell in cells[1:])
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(made.content)).read("xl/worksheets/sheet1.xml")


def test_what_a_cell_cannot_hold() -> None:
    made = Made("SELECT repeat('😀', 20000) AS long, 'a' || chr(7) || '<&>_x0041_ ' AS odd, chr(0) AS nul", "xlsx")
    (long, odd, nul) = made.sheet()[1]
    assert len(long.encode("utf-16-le")) // 2 == MOST_CELL_LETTERS - 1
    assert made.told["shortened"] == 1
    xml = zipfile.ZipFile(io.BytesIO(made.content)).read("xl/worksheets/sheet1.xml").decode()
    assert "a_x0007_&lt;&amp;&gt;_x005F_x0041_ <" in xml
    assert "_x0000_" in xml
    assert (odd, nul) != (None, None)
    assert ("Texts cut", "1, because a cell holds 32,767 characters") in made.sheet(1)


def test_moments_that_a_sheet_counts_otherwise_are_texts() -> None:
    sql = "FROM (VALUES (DATE '1899-01-01'), (DATE '2026-11-30'), ('infinity'::DATE), (NULL)) AS found(\"day\")"
    _, early, usual, never, missing = (row[0] if row else None for row in Made(sql, "xlsx").sheet())
    assert (early, usual, missing) == ("1899-01-01", datetime(2026, 11, 30), None)  # noqa: DTZ001
    assert isinstance(never, str)


@pytest.mark.parametrize("form", list(files.OPEN))
def test_rows_above_the_bound_are_told(form: str) -> None:
    made = Made("FROM range(20000)", form, rows=9_000)
    assert (made.told["rows"], made.told["truncated"]) == (9_000, True)
    assert Made("FROM range(9000)", form, rows=9_000).told == {"rows": 9_000, "truncated": False, "shortened": 0}


def test_a_file_above_its_size_is_cut_off() -> None:
    made = Made("SELECT uuid() AS u FROM range(100000)", "csv", size=100_000)
    assert made.told["truncated"] is True
    assert made.told["rows"] == len(made.lines()) - 1 < 100_000


def test_a_sheet_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_SHEET_ROWS", 10)
    made = Made("FROM range(11)", "xlsx")
    assert (made.told["rows"], made.told["truncated"], len(made.sheet())) == (10, True, 11)
    assert ("Rows", "10, and there were more than a file or a sheet holds") in made.sheet(1)
    assert Made("FROM range(10)", "xlsx").told["truncated"] is False
    monkeypatch.setattr(workbook, "MOST_BYTES_OF_A_SHEET", 1_000)
    monkeypatch.setattr(files, "MOST_SHEET_ROWS", 100_000)
    assert 0 < Made("FROM range(20000)", "xlsx").told["rows"] < 20_000


def test_pandas_reads_a_workbook(tmp_path: Path) -> None:
    file = tmp_path / "result.xlsx"
    file.write_bytes(Made("SELECT i, i / 2 AS half, 't' || i AS word FROM range(20000) AS numbers(i)", "xlsx").content)
    read = pd.read_excel(file)
    assert len(read) == 20_000
    assert read.iloc[-1].tolist() == [19_999, 9_999.5, "t19999"]
    assert workbook._letters(16_383) == "XFD"


def test_a_result_wider_than_a_sheet_is_refused() -> None:
    columns = ", ".join(f"{number} AS c{number}" for number in range(16_385))
    with pytest.raises(workbook.TooManyColumns, match="16,384 columns"):
        Made(f"SELECT {columns}", "xlsx")
