"""Models of the files that hold the whole result of a query."""

from datetime import datetime
from enum import StrEnum

from contracts.base import Output
from contracts.sql import SqlAsk


class FileFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    ARROW = "arrow"


class SqlFileAsk(SqlAsk):
    """One query whose whole result is to become a file. `limit` bounds the rows, 5,000,000 at most."""

    format: FileFormat


class SqlFileRead(Output):
    """A file that is ready. `size` is in bytes. `truncated` says that there were more rows than fit, and `shortened`
    how many texts of an XLSX file were cut because a cell holds 32,767 characters."""

    id: str
    name: str
    format: FileFormat
    size: int
    rows: int
    truncated: bool
    shortened: int
    elapsed_ms: float
    as_of: datetime
