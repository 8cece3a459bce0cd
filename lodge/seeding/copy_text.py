"""Converts columns to the text format of Postgres's COPY: a list of strings per column, joined to rows at the end."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lodge.seeding.clock import Moments

NULL = "\\N"
Column = list[str]


class Rows(NamedTuple):
    """The rows of one table: the names of its columns, and the text for COPY."""

    columns: list[str]
    text: str


def numbers(values: NDArray[np.int64]) -> Column:
    return list(map(str, values.tolist()))


def bools(values: NDArray[np.bool_]) -> Column:
    return ["t" if value else "f" for value in values.tolist()]


def moments(values: Moments) -> Column:
    """Converts moments to whole seconds without a zone; the reading session's time zone must be UTC."""
    column: Column = np.datetime_as_string(values.astype(np.int64).astype("datetime64[s]")).tolist()
    return column


def texts(values: Iterable[str]) -> Column:
    """Escapes texts: a backslash, tab or line break in them must not end a field."""
    return [value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t") for value in values]


def words(values: NDArray[np.object_]) -> Column:
    """Converts words that need no escaping; None becomes null."""
    return [NULL if value is None else value for value in values.tolist()]


def known(values: Column, is_known: NDArray[np.bool_]) -> Column:
    """Replaces each value whose place in `is_known` is false by null."""
    return [value if is_there else NULL for value, is_there in zip(values, is_known.tolist(), strict=True)]


def as_rows(columns: Mapping[str, Column]) -> Rows:
    lines = map("\t".join, zip(*columns.values(), strict=True))
    return Rows(list(columns), "".join(f"{line}\n" for line in lines))
