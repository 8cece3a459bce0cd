"""Which chart somebody chose for a result."""

from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from contracts.base import Input, NoNul

LONGEST_COLUMN_NAME = 1_000  # a name can be a whole expression; a chart of a longer one is not offered
ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_COLUMN_NAME), NoNul]


class SqlMark(StrEnum):
    BAR = "bar"
    LINE = "line"
    AREA = "area"
    POINT = "point"
    HEATMAP = "heatmap"


class SqlChart(Input):
    """The mark, and the names of the columns that are across, up and in colour."""

    mark: SqlMark
    x: ColumnName
    y: ColumnName
    colour: ColumnName | None = None
