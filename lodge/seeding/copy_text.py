"""Columns in the text format of Postgres's COPY: a list of strings a column, then all at once."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lodge.seeding.clock import Moments

NULL = "\\N"
Column = list[str]


class Rows(NamedTuple):
    """Of one table: the names of its columns, and what COPY reads."""

    columns: list[str]
    text: str


def numbers(values: NDArray[np.int64]) -> Column:
    return list(map(str, values.tolist()))


def bools(values: NDArray[np.bool_]) -> Column:
    return ["t" if value else "f" for value in values.tolist()]


def moments(values: Moments) -> Column:
    """Whole seconds, read by a session whose time zone is UTC."""
    column: Column = np.datetime_as_string(values.astype(np.int64).astype("datetime64[s]")).tolist()
    return column


def texts(values: Iterable[str]) -> Column:
    """Texts from outside: a backslash or a line's end in them must not end a field."""
    return [value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t") for value in values]


def words(values: NDArray[np.object_]) -> Column:
    """Plain words; None becomes null."""
    return [NULL if value is None else value for value in values.tolist()]


def known(values: Column, is_known: NDArray[np.bool_]) -> Column:
    """Null where it is not known."""
    return [value if is_there else NULL for value, is_there in zip(values, is_known.tolist(), strict=True)]


def as_rows(columns: Mapping[str, Column]) -> Rows:
    lines = map("\t".join, zip(*columns.values(), strict=True))
    return Rows(list(columns), "".join(f"{line}\n" for line in lines))
