"""Models of the SQL lab: a statement, its answer, and what there is to ask about."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from contracts.base import Input, Output, refuse_nul

MOST_ROWS = 10_000
MOST_EXPORTED_ROWS = 5_000_000
MOST_PREVIEWED_ROWS = 8

Statement = Annotated[str, StringConstraints(min_length=1, max_length=100_000), AfterValidator(refuse_nul)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")]
Text = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(refuse_nul)]


class SqlDate(Input):
    """A day as the value of a parameter, because JSON has none."""

    date: date


Value = Text | bool | int | float | SqlDate | None


class SqlAsk(Input):
    """One query. `parameters` are the values of `$name` in it; a date is {"date": "2026-11-30"}. `limit` bounds the
    rows, 10,000 at most as JSON and 5,000,000 as Arrow. A client that wants to cancel chooses the `id` itself.

    With `preview` the first rows are wanted while somebody still writes the query: 8 at most, as JSON, computed within
    a second, from data at most a minute old. A preview never waits for other statements. It is refused with 429 while
    none can run, and ends with 409 as soon as a statement needs its processor or the same person asks for another
    preview.
    """

    sql: Statement
    parameters: dict[Name, Value] = Field(default={}, max_length=100)
    limit: int | None = Field(default=None, ge=1, le=MOST_EXPORTED_ROWS)
    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")] | None = None
    preview: bool = False


class SqlColumn(Output):
    """`type` is DuckDB's name of the type."""

    name: str
    type: str


class SqlAnswer(Output):
    """`truncated` says that there were more rows than fit. Values that JSON cannot hold exactly are texts: whole
    numbers above 2^53, decimals, moments, intervals, and bytes in hexadecimal."""

    id: str
    columns: list[SqlColumn]
    rows: list[list[Any]]
    truncated: bool
    elapsed_ms: float
    as_of: datetime


class SqlState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class SqlStatementRead(Output):
    """`ahead` is how many statements are to run before this one. `elapsed_ms` counts from the start of its process.
    `rows` and `truncated` are told when it is done."""

    id: str
    state: SqlState
    ahead: int = 0
    elapsed_ms: float = 0.0
    rows: int | None = None
    truncated: bool | None = None
    detail: str | None = None


class SqlColumnRead(Output):
    name: str
    type: str
    comment: str


class SqlTableRead(Output):
    name: str
    comment: str
    rows: int
    columns: list[SqlColumnRead]


class SqlValueRead(Output):
    """A value of a column, as text. `rows` says how many rows have it; None if that was not counted."""

    value: str
    rows: int | None


class SqlColumnSummary(Output):
    """What a column holds. `nulls` and all other counts are of the rows that were read. `distinct` is an estimate.
    `values` are all values where there are few, the most frequent ones where there are many, and otherwise examples.
    `histogram` counts the rows in parts of equal width from `minimum` to `maximum`; it is empty for texts."""

    name: str
    type: str
    comment: str
    nulls: int
    distinct: int
    minimum: str | None
    maximum: str | None
    values: list[SqlValueRead]
    histogram: list[int]


class SqlTableSummary(Output):
    """`read` is the number of rows that the summary was made from: all of them, or about 200,000 drawn at random."""

    name: str
    comment: str
    rows: int
    read: int
    as_of: datetime
    columns: list[SqlColumnSummary]
