"""Exports: the tickets that a list finds, as a file."""

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field

from contracts.base import Id, Output
from contracts.tickets import TicketSelection

# A piece begins with three numbers of four bytes, the most significant first: how many tickets there are in the file up
# to here, how many there will be (0 until they are found), and how many bytes of the file follow. The last piece has no
# bytes; without it, the file is not whole.
PIECE_NUMBER_BYTES = 4
MOST_COLUMNS = 100
MOST_CHOSEN = 1_000  # as many as can be selected


ColumnName = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]


class ExportFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


def _split(value: object) -> object:
    """Takes "1,2,3" for three values: names repeated a thousand times are longer than proxies pass on."""
    if not isinstance(value, list):
        return value
    return [part for one in value for part in (one.split(",") if isinstance(one, str) else [one]) if part != ""]


class ExportQuery(TicketSelection):
    """The filters and the order of a list, and what the file is to hold."""

    ids: Annotated[list[Id], BeforeValidator(_split)] = Field(
        default=[],
        max_length=MOST_CHOSEN,
        description="Only these of the tickets that the filters find: numbers, repeated or with commas between them.",
    )
    format: ExportFormat = ExportFormat.CSV
    columns: list[ColumnName] = Field(
        default=[], max_length=MOST_COLUMNS, description="In the order of the file; the usual ones when left out."
    )
    pieces: bool = Field(
        default=False,
        description="For a client that shows the progress: the file comes in pieces. Each begins with three numbers "
        "of four bytes: the tickets so far, all tickets (0 until they are found), and the bytes of the file that "
        "follow. The last one has no bytes.",
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
