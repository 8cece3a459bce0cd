"""The result of a statement as a file: CSV, XLSX, Parquet or Arrow. It is written while the rows come, so that memory
stays small however many there are."""

import json
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from contracts.column_names import unique
from contracts.sheets import MOST_SHEET_ROWS
from service_kit.table_files import in_parts, inert, open_csv, open_parquet
from service_kit.workbook import Workbook
from warehouse.lab.frames import Request
from warehouse.lab.plain import plain
from warehouse.lab.sink import Sink

# Groups of rows in a Parquet or Arrow file, which readers take one at a time; text files are written in smaller parts.
ROWS_AT_ONCE = {"parquet": 65_536, "arrow": 65_536, "csv": 8_192, "xlsx": 8_192}


def send_file(connection: duckdb.DuckDBPyConnection, request: Request, sink: Sink) -> dict[str, int | bool]:
    """Writes the rows of the statement that the connection has executed, up to the bounds of the request and of the
    format. Returns how many there are, whether there were more, and how many texts were shortened."""
    assert request.form is not None
    reader = connection.to_arrow_reader(ROWS_AT_ONCE[request.form])
    names = unique(reader.schema.names)
    if request.form == "csv":
        names = inert(pa.array(names)).to_pylist()
    types = [_type(field.type, request.form) for field in reader.schema]
    schema = pa.schema(list(zip(names, types, strict=True)))
    file = OPEN[request.form](sink, schema)
    most = min(request.rows, MOST_SHEET_ROWS) if request.form == "xlsx" else request.rows
    sent, is_truncated = 0, False
    for batch in chain.from_iterable(map(in_parts, reader)):
        is_full = sink.size > request.size or getattr(file, "is_full", False)
        kept = batch.slice(0, 0 if is_full else most - sent)
        columns = [_column(column, type_) for column, type_ in zip(kept.columns, types, strict=True)]
        if request.form == "csv":
            columns = [inert(column) for column in columns]
        file.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))
        sent += kept.num_rows
        if kept.num_rows < batch.num_rows:
            is_truncated = True
            break
    if isinstance(file, Workbook):
        more = ", and there were more than a file or a sheet holds" if is_truncated else ""
        file.finish({"Statement": request.sql, "Rows": f"{sent:,}{more}"})
    else:
        file.close()
    shortened = file.shortened if isinstance(file, Workbook) else 0
    return {"rows": sent, "truncated": is_truncated, "shortened": shortened}


OPEN: dict[str, Callable[[Sink, pa.Schema], Any]] = {
    "csv": open_csv,
    "xlsx": Workbook,
    "parquet": open_parquet,
    "arrow": lambda sink, schema: pa.ipc.new_file(pa.PythonFile(sink, "w"), schema),
}


def _type(type_: pa.DataType, form: str) -> pa.DataType:
    """Returns the type that the values have in a file of this format; text where the format has no such values."""
    kinds = pa.types
    if form == "arrow":
        has_it = True
    elif form == "parquet":
        has_it = not any(kinds.is_union(each) or kinds.is_interval(each) for each in _all_within(type_))
    else:
        has_it = _is_simple(type_)
    return type_ if has_it else pa.string()


def _column(column: pa.Array, type_: pa.DataType) -> pa.Array:
    return column if column.type == type_ else _as_text(column)


def _is_simple(type_: pa.DataType) -> bool:
    """Whether a spreadsheet has such values: truth, numbers, text, days and moments without a zone."""
    kinds = pa.types
    is_moment = kinds.is_timestamp(type_) and type_.tz is None
    is_number = kinds.is_integer(type_) or kinds.is_floating(type_) or kinds.is_decimal(type_)
    return is_moment or is_number or kinds.is_boolean(type_) or kinds.is_string(type_) or kinds.is_date32(type_)


def _as_text(column: pa.Array) -> pa.Array:
    kinds = pa.types
    if kinds.is_dictionary(column.type) or kinds.is_time(column.type) or kinds.is_null(column.type):
        return column.cast(pa.string())
    if kinds.is_timestamp(column.type):  # with a zone, whose rules would be read from files
        moments = column.view(pa.int64()).view(pa.timestamp(column.type.unit)).cast(pa.string())
        return pc.binary_join_element_wise(moments, "+00:00", "")
    # Python has fewer moments than DuckDB, and would read a zone's rules from files.
    simple = column.cast(_changed(column.type, _without_zone)).cast(_changed(column.type, _moment_as_text))
    return pa.array([None if value is None else _text(value) for value in simple.to_pylist()], pa.string())


def _all_within(type_: pa.DataType) -> Iterator[pa.DataType]:
    yield type_
    for place in range(type_.num_fields):
        yield from _all_within(type_.field(place).type)


def _changed(type_: pa.DataType, change: Callable[[pa.DataType], pa.DataType]) -> pa.DataType:
    """Returns the type with the change made to what it consists of."""
    kinds = pa.types
    if kinds.is_map(type_):
        return pa.map_(_changed(type_.key_type, change), _changed(type_.item_type, change))
    if kinds.is_fixed_size_list(type_):
        return pa.list_(_changed(type_.value_type, change), type_.list_size)
    if kinds.is_list(type_):
        return pa.list_(_changed(type_.value_type, change))
    if kinds.is_struct(type_):
        return pa.struct([field.with_type(_changed(field.type, change)) for field in type_])
    return change(type_)


def _without_zone(type_: pa.DataType) -> pa.DataType:
    return pa.timestamp(type_.unit) if pa.types.is_timestamp(type_) else type_


def _moment_as_text(type_: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_timestamp(type_) or pa.types.is_date(type_) else type_


def _text(value: Any) -> str:
    """Returns a list or a structure as JSON, and an interval as ISO 8601 does."""
    if isinstance(value, pa.MonthDayNano):
        return f"P{value.months}M{value.days}DT{value.nanoseconds / 1e9:g}S"
    value = plain(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
