"""The writes that a replica needs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, fields
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.state import State
from warehouse.tables import Definition, Table

# Most steps change a few rows, and one runs after nearly every commit. For these, DuckDB takes a third of the processor
# time when ids are written into the statement instead of joined, and rows are parameters instead of a scan of Arrow.
FEW_IDS = 100
FEW_ROWS = 10


class Writer:
    """Writes through one connection. `state` is what was passed to `finish`; None before."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.state: State | None = None

    @contextmanager
    def beside(self) -> Iterator["Writer"]:
        """Opens a writer that another thread can use at the same time."""
        with self._connection.cursor() as cursor:
            yield Writer(cursor)

    def create(self, definition: Definition) -> None:
        columns = (
            "seen VARCHAR, as_of TIMESTAMP, identity VARCHAR, fingerprint VARCHAR, last_line VARCHAR, revision BIGINT"
        )
        state = [
            "CREATE SCHEMA internal",
            f"CREATE TABLE internal.state ({columns})",
            "INSERT INTO internal.state (revision) VALUES (NULL)",
        ]
        # In one transaction, so that the disk is written to once.
        self._connection.execute("; ".join(["BEGIN", *definition.statements(), *state, "COMMIT"]))

    def add(self, table: Table, rows: pa.RecordBatchReader) -> None:
        self._connection.from_arrow(rows).insert_into(table.name)

    def replace(self, table: Table, ids: Sequence[int], rows: pa.RecordBatchReader) -> None:
        """Deletes the rows with these ids, and adds those of them that still exist."""
        delete = f"DELETE FROM {table.name} WHERE id IN"
        if len(ids) <= FEW_IDS:
            self._connection.execute(f"{delete} ({', '.join(map(str, ids))})")
        else:
            self._connection.execute(f"{delete} (SELECT unnest(?))", [ids])
        if len(ids) <= FEW_ROWS:
            self._add_few(table, rows.read_all().to_pylist())
        else:
            self.add(table, rows)

    def _add_few(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        if rows:
            marks = f"({', '.join('?' for _ in rows[0])})"
            statement = f"INSERT INTO {table.name} VALUES {', '.join(marks for _ in rows)}"
            self._connection.execute(statement, [value for row in rows for value in row.values()])

    def finish(self, state: State) -> None:
        values = ", ".join(f"{field.name} = ?" for field in fields(State))
        self._connection.execute(f"UPDATE internal.state SET {values}", astuple(state))
        self.state = state
