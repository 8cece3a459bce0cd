"""Tables in Arrow as files: what CSV and XLSX need so that no spreadsheet runs anything in them."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from contracts.sheets import BEGINS_A_FORMULA

BYTES_AT_ONCE = 8 * 1024 * 1024
CELLS_AT_ONCE = 1_000_000  # a truth has one bit here, and thirty characters in a sheet
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # by which spreadsheets recognise the encoding


def open_csv(target: Any, schema: pa.Schema) -> pa_csv.CSVWriter:
    """Begins a CSV file, whose batches and names have to be inert."""
    target.write(BYTE_ORDER_MARK)
    return pa_csv.CSVWriter(pa.PythonFile(target, "w"), schema)


def open_parquet(target: Any, schema: pa.Schema) -> pa_parquet.ParquetWriter:
    return pa_parquet.ParquetWriter(pa.PythonFile(target, "w"), schema, compression="zstd")


def in_parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Gives the rows in parts of few bytes, because some have texts of a megabyte."""
    rows = batch.num_rows * BYTES_AT_ONCE // max(batch.nbytes, BYTES_AT_ONCE)
    rows = max(1, min(rows, CELLS_AT_ONCE // batch.num_columns))
    for start in range(0, batch.num_rows, rows):
        yield batch.slice(start, rows)


def inert(column: pa.Array) -> pa.Array:
    """Puts an apostrophe before text that a spreadsheet would run as a formula. Other values stay as they are."""
    if not pa.types.is_string(column.type):
        return column
    is_formula = pc.match_substring_regex(column, BEGINS_A_FORMULA)
    return pc.if_else(is_formula, pc.binary_join_element_wise("'", column, ""), column)
