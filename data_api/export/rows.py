"""Rows of Postgres in Arrow, from one snapshot. They come without Python's help, so that the other threads of the
process go on meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa
from psycopg.conninfo import make_conninfo

from data_api.kit.errors import DatabaseUnavailable
from service_kit.database_url import libpq_url


class SnapshotRows:
    """A connection that sees what another one saw, whose snapshot has this name and is still open. Raises
    DatabaseUnavailable."""

    def __init__(self, database_url: str, snapshot: str) -> None:
        address = make_conninfo(libpq_url(database_url), application_name="lodge export", connect_timeout=5)
        with _told_as_unavailable():
            self._connection = adbc.connect(address, autocommit=True)
            self._execute("SET timezone = 'UTC'")
            self._execute("SET statement_timeout = '60s'")
            self._execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            self._execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")

    @contextmanager
    def read(self, statement: str) -> Iterator[pa.RecordBatchReader]:
        with _told_as_unavailable(), self._connection.cursor() as cursor:
            cursor.execute(statement)
            yield cursor.fetch_record_batch()

    def close(self) -> None:
        with suppress(adbc.Error):
            self._connection.close()

    def _execute(self, statement: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)


@contextmanager
def _told_as_unavailable() -> Iterator[None]:
    try:
        yield
    except adbc.Error as error:
        raise DatabaseUnavailable from error
