"""Exports: the tickets that a list finds, as a file."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from contracts.base import Output
from contracts.tickets import TicketSelection

# How many tickets are in the file: said before its first byte.
ROWS_HEADER = "X-Lodge-Rows"
# A piece begins with two numbers of four bytes, the most significant first: how many tickets there are in the file up
# to here, and how many bytes of the file follow. The last piece has no bytes; without it, the file is not whole.
PIECE_NUMBER_BYTES = 4
MOST_COLUMNS = 100

ColumnName = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]


class ExportFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


class ExportQuery(TicketSelection):
    """The filters and the order of a list, and what the file is to hold."""

    format: ExportFormat = ExportFormat.CSV
    columns: list[ColumnName] = Field(
        default=[], max_length=MOST_COLUMNS, description="In the order of the file; the usual ones when left out."
    )
    pieces: bool = Field(
        default=False,
        description="For a client that shows the progress: the file comes in pieces. Each begins with two numbers of "
        "four bytes: the tickets so far, and the bytes of the file that follow. The last one has no bytes.",
    )


class ExportColumn(Output):
    """A column that the asking person may export. `label`: what heads it in a CSV or XLSX file; in Parquet, the name
    does. `is_usual`: it is there unless columns are chosen."""

    name: str
    label: str
    is_usual: bool


class ExportColumns(Output):
    """`zone`: the time zone of the moments in CSV and XLSX files. In Parquet they are in UTC, with their zone."""

    columns: list[ExportColumn]
    zone: str
