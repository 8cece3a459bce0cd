"""The writes that a replica needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, fields

import duckdb
import pyarrow as pa

from warehouse.state import State
from warehouse.tables import Definition, Table


class Writer:
    """Writes through one connection. `state` is what was passed to `finish`; None before."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.state: State | None = None

    def create(self, definition: Definition) -> None:
        columns = (
            "seen VARCHAR, as_of TIMESTAMP, identity VARCHAR, fingerprint VARCHAR, last_line VARCHAR, revision BIGINT"
        )
        state = ["CREATE SCHEMA internal", f"CREATE TABLE internal.state ({columns})"]
        # In one transaction, so that the disk is written to once.
        self._connection.execute("; ".join(["BEGIN", *definition.statements(), *state, "COMMIT"]))

    def add(self, table: Table, rows: pa.RecordBatchReader) -> None:
        with self._named("new_rows", rows):
            self._connection.execute(f"INSERT INTO {table.name} SELECT * FROM new_rows")

    def remove(self, table: Table, ids: pa.Table) -> None:
        """Deletes the rows whose ids are in the column `row_id` of `ids`."""
        with self._named("changed", ids):
            self._connection.execute(f"DELETE FROM {table.name} WHERE id IN (SELECT row_id FROM changed)")

    def remove_of_tickets(self, table: Table, tickets: pa.Table) -> None:
        """Deletes the rows of the tickets whose ids are in the column `row_id` of `tickets`."""
        if tickets.num_rows:
            with self._named("changed", tickets):
                self._connection.execute(f"DELETE FROM {table.name} WHERE ticket_id IN (SELECT row_id FROM changed)")

    def finish(self, state: State) -> None:
        self._connection.execute("DELETE FROM internal.state")
        marks = ", ".join("?" for _ in fields(State))
        self._connection.execute(f"INSERT INTO internal.state VALUES ({marks})", astuple(state))
        self.state = state

    @contextmanager
    def _named(self, name: str, rows: pa.Table | pa.RecordBatchReader) -> Iterator[None]:
        self._connection.register(name, rows)
        try:
            yield
        finally:
            self._connection.unregister(name)
