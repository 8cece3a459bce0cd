"""The rows of a result as a table with types."""

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa

from contracts.column_names import unique
from contracts.sql import SqlAnswer

INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT")
# What the API sends as JSON becomes a value again. Types that are not here stay texts.
READERS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(INTEGERS, int),
    **dict.fromkeys(("FLOAT", "DOUBLE"), float),
    "DECIMAL": Decimal,
    "BOOLEAN": bool,
    "DATE": date.fromisoformat,
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP WITH TIME ZONE"), datetime.fromisoformat),
}
NUMBERS = frozenset({*INTEGERS, "FLOAT", "DOUBLE", "DECIMAL"})
TIMES = frozenset({"DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"})


def kind(type_: str) -> str:
    """Returns the type without its details: DECIMAL for DECIMAL(18,3), ENUM for ENUM('a', 'b')."""
    return type_.split("(")[0]


def names(answer: SqlAnswer) -> list[str]:
    """Returns the names of the columns, each of which is another one."""
    return unique([column.name for column in answer.columns])


def as_table(answer: SqlAnswer) -> pa.Table:
    values = [[row[place] for row in answer.rows] for place in range(len(answer.columns))]
    arrays = [_array(column.type, each) for column, each in zip(answer.columns, values, strict=True)]
    return pa.Table.from_arrays(arrays, names=names(answer))


def _array(type_: str, values: Sequence[Any]) -> pa.Array:
    if read := READERS.get(kind(type_)):
        try:
            found = pa.array([None if value is None else read(value) for value in values])
            return found if found.type != pa.null() else found.cast(pa.string())
        except (ValueError, TypeError, InvalidOperation, OverflowError, pa.ArrowException):
            pass  # such as the moment `infinity`, or a number of forty digits
    return pa.array([None if value is None else str(_flat(value)) for value in values], pa.string())


def _flat(value: Any) -> Any:
    """Returns a list or a structure as JSON."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
