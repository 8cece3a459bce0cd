"""A workbook whose table is longer than a sheet."""

import io

import openpyxl
import pyarrow as pa
import pytest

from service_kit import workbook
from service_kit.workbook import Workbook


def test_a_table_goes_on_in_the_next_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_SHEET_ROWS", 10)
    file = io.BytesIO()
    batch = pa.record_batch({"number": pa.array(range(8))})
    book = Workbook(file, batch.schema, "Tickets", goes_on=True)
    for _ in range(3):
        book.write_batch(batch)
    book.finish({"Rows": "24"})
    sheets = {one.title: list(one.values) for one in openpyxl.load_workbook(file)}
    assert {name: len(rows) for name, rows in sheets.items()} == {
        "Tickets": 11,
        "Tickets 2": 11,
        "Tickets 3": 5,
        "About": 1,
    }
    assert [rows[0] for rows in list(sheets.values())[:3]] == [("number",)] * 3
    assert [row[0] for rows in list(sheets.values())[:3] for row in rows[1:]] == [*range(8)] * 3
