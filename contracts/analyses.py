"""Models of the analytics API: the catalogue of analyses, and their answers."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import Field

from contracts.base import Output
from contracts.desk import Health
from contracts.pages import Page
from contracts.people import Permission

# The times of a month's tickets are known when this share of them is closed: until then the slow ones are missing.
FINISHED_SHARE = 0.95


class ParameterKind(StrEnum):
    INTEGER = "integer"  # a slider
    CHOICE = "choice"  # one of the options


class Option(Output):
    """One value that can be chosen, and its name for people."""

    value: str
    label: str


class ParameterBase(Output):
    """A value that a request may set; if it is left out, it is `default`.

    `instead_of` names a parameter that this one can replace, as days can replace hours: a request gives only one of the
    two, and this one has no value unless it is given. `accepted` is the largest value that a request may give, if that
    is more than `maximum`, the end of the slider. `unit` begins with a word in the plural, such as "days ago"; for the
    number 1, sentences drop its s.
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
    """A parameter as a client sees it; `options` are the values of a choice."""

    options: list[Option] = Field(default=[])


class ChartMark(StrEnum):
    NUMBER = "number"  # a single row, of which `y` is shown as a large number
    BAR = "bar"
    LINE = "line"


class Grain(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Chart(Output):
    """How an answer is drawn. `x` is the column of the things that are compared; `y` are columns of numbers, one series
    each; `apart` are more columns of numbers, which get a chart of their own because they are of another size. `grain`
    is the distance of two neighbours on an `x` of dates. `by`: a column whose values are the series, each with the
    numbers of the one column in `y`."""

    mark: ChartMark
    x: str | None = None
    y: list[str] = Field(min_length=1)
    apart: list[str] = Field(default=[])
    grain: Grain = Grain.DAY
    by: str | None = None


class ColumnRead(Output):
    """`type` is one of integer, number, text, date, moment, boolean; `title` is the column's name for people."""

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
    needs: Permission | None = Field(
        default=None, description="The permission that the answer needs besides `analyses:read`."
    )
    parameters: list[Parameter]
    chart: Chart


class UnavailableAnalysis(Output):
    """An analysis that cannot run, and why, in a sentence without its full stop."""

    slug: str
    title: str
    reason: str


class CatalogueRead(Page[AnalysisRead]):
    """The analyses that can be asked for, and those that cannot run."""

    unavailable: list[UnavailableAnalysis] = Field(default=[])


class AnalysisAnswer(Output):
    """`as_of` is the moment of the database that the answer reflects; `lag_seconds` is how long ago that was when the
    answer was given. `sentence` is the answer in words; it is None if there is nothing to say yet. `provisional` holds
    the values of the chart's `x` whose rows will still change much, because fewer than 95 % of their tickets are closed
    yet; the sentence does not count these rows."""

    slug: str
    as_of: datetime
    lag_seconds: float
    parameters: dict[str, int | str | None]
    sentence: str | None
    columns: list[ColumnRead]
    rows: list[dict[str, Any]]
    provisional: list[str] = Field(default=[])


class ReplicaRead(Output):
    """`as_of` and `lag_seconds` are None while there is no replica to answer from. `rows` holds each table's row
    count."""

    as_of: datetime | None
    lag_seconds: float | None
    rows: dict[str, int]


class AnalyticsHealth(Health):
    """`sql_lab` is `ok`, or `off: …` with the reason: this machine cannot confine statements, and all else works."""

    replica: ReplicaRead
    sql_lab: str


class Difference(Output):
    """The first row in which the replica differs from the database. `postgres` or `replica` is None if it has no such
    row."""

    table: str
    row_id: int
    postgres: dict[str, Any] | None
    replica: dict[str, Any] | None


class CheckRead(Output):
    """The replica compared with the database, both at the moment `as_of`. `rows` holds how many rows of each table were
    compared; `unavailable` lists the analyses that cannot run."""

    as_of: datetime
    rows: dict[str, int]
    difference: Difference | None
    unavailable: list[UnavailableAnalysis] = Field(default=[])
