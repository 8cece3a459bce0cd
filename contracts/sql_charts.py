"""Which chart somebody chose for a result."""

from enum import StrEnum

from pydantic import Field

from contracts.base import Input


class SqlMark(StrEnum):
    BAR = "bar"
    LINE = "line"
    AREA = "area"
    POINT = "point"
    HEATMAP = "heatmap"


class SqlChart(Input):
    """The mark, and the names of the columns that are across, up and in colour."""

    mark: SqlMark
    x: str = Field(max_length=200)
    y: str = Field(max_length=200)
    colour: str | None = Field(default=None, max_length=200)
