"""What `GET /snapshot` and `lodge snapshot` agree on."""

from enum import StrEnum

AS_OF_HEADER = "X-Lodge-As-Of"


class SnapshotFormat(StrEnum):
    """`parquet` is a zip with one file for each table."""

    DUCKDB = "duckdb"
    PARQUET = "parquet"
