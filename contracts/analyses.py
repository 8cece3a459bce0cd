"""Questions that the analytics API answers: the catalogue, and an answer."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import Field

from contracts.base import Output
from contracts.desk import Health


class ParameterKind(StrEnum):
    INTEGER = "integer"  # a slider
    CHOICE = "choice"  # one of the options


class Option(Output):
    """One value to choose, and what people call it."""

    value: str
    label: str


class ParameterBase(Output):
    """Something that whoever asks may set. Left out, it is `default`.

    `instead_of` names a parameter that this one takes the place of, such as days for hours: only one of them is given,
    and this one is none unless it is. `accepted` is the largest that may be asked for, where it is more than the
    `maximum` of the slider.
    """

    name: str
    label: str
    kind: ParameterKind
    default: int | str | None = None
    help: str = ""
    unit: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    step: int | None = None
    accepted: int | None = None
    instead_of: str | None = None


class Parameter(ParameterBase):
    """As a client sees it; `options` are those of a choice."""

    options: list[Option] = Field(default=[])


class ChartMark(StrEnum):
    NUMBER = "number"  # one row, one large number: `y`
    BAR = "bar"
    LINE = "line"


class Chart(Output):
    """How an answer is drawn. `x` is a column of what is compared; `y` are columns of numbers, one series each; `apart`
    are more of them, each in a picture of its own, for what is of another size."""

    mark: ChartMark
    x: str | None = None
    y: list[str] = Field(min_length=1)
    apart: list[str] = Field(default=[])


class ColumnRead(Output):
    """`type` is one of integer, number, text, date, moment, boolean; `title` is what people call it."""

    name: str
    title: str
    type: str
    unit: str | None = None


class AnalysisRead(Output):
    """One entry of the catalogue."""

    slug: str
    title: str
    question: str
    unit: str
    excludes: str = Field(description="What is not counted, in a sentence.")
    parameters: list[Parameter]
    chart: Chart


class AnalysisAnswer(Output):
    """`as_of` is the moment of the database that the answer reflects; `lag_seconds`, how long ago that was when it was
    answered. `sentence` says the answer in words; it is None when there is nothing to say yet."""

    slug: str
    as_of: datetime
    lag_seconds: float
    parameters: dict[str, int | str | None]
    sentence: str | None
    columns: list[ColumnRead]
    rows: list[dict[str, Any]]


class ReplicaRead(Output):
    """`as_of` and `lag_seconds` are None while there is no replica to answer from. `rows` counts each table."""

    as_of: datetime | None
    lag_seconds: float | None
    rows: dict[str, int]


class AnalyticsHealth(Health):
    replica: ReplicaRead


class Difference(Output):
    """The first row in which the replica is not the database. None where the row does not exist."""

    table: str
    row_id: int
    postgres: dict[str, Any] | None
    replica: dict[str, Any] | None


class CheckRead(Output):
    """The replica compared with the database, both at the moment `as_of`. `rows` counts what was compared."""

    as_of: datetime
    rows: dict[str, int]
    difference: Difference | None
