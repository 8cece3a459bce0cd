"""Checks that the replica equals the database: compares every table at one moment, by row count and by a hash that does
not depend on the rows' order."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.errors import CannotFollow
from warehouse.source import Snapshot
from warehouse.tables import Definition, Table

Row = dict[str, Any]


@dataclass(frozen=True)
class TableDifference:
    """The lowest id whose row differs; None on the side that has no such row. When both sides show the same row, the
    replica holds it more than once."""

    table: str
    row_id: int
    postgres: Row | None
    replica: Row | None


@dataclass
class Comparison:
    as_of: datetime
    rows: dict[str, int] = field(default_factory=dict)
    difference: TableDifference | None = None


@dataclass(frozen=True)
class Inspection:
    """A snapshot of the database, and a transaction of the replica at the same moment. The caller must close it.
    `doubt` is called with the error when the replica cannot be read."""

    definition: Definition
    snapshot: Snapshot
    replica: duckdb.DuckDBPyConnection
    as_of: datetime
    doubt: Callable[[duckdb.Error], None]
    held: ExitStack

    def compare(self) -> Comparison:
        """Compares table by table and stops at the first that differs. Postgres's rows pass through DuckDB, so that
        both sides are hashed by the same function. Raises CannotFollow when either side cannot be read."""
        try:
            return self._compare()
        except duckdb.Error as error:
            self.doubt(error)
            raise CannotFollow(str(error)) from error

    def close(self) -> None:
        self.held.close()

    def _compare(self) -> Comparison:
        found = Comparison(self.as_of)
        for table in self.definition.tables:
            with self.snapshot.rows(table) as rows, self._named(rows):
                theirs = self._summary(table, "theirs")
            if theirs != self._summary(table, table.name):
                found.difference = self._first_difference(table)
                break
            found.rows[table.name] = theirs[0]
        return found

    def _summary(self, table: Table, name: str) -> tuple[int, int | None]:
        query = f"SELECT count(*), sum(hash({self._columns(table)})::HUGEINT) FROM {name}"
        row = self.replica.execute(query).fetchone()
        assert row is not None
        return row[0], row[1]

    def _first_difference(self, table: Table) -> TableDifference:
        columns = self._columns(table)
        with self.snapshot.rows(table) as rows, self._named(rows):
            self.replica.execute("CREATE TEMP TABLE theirs_kept AS SELECT * FROM theirs")
        query = f"""
        SELECT id FROM (SELECT id, hash({columns}) AS h, 1 AS times FROM theirs_kept
                        UNION ALL SELECT id, hash({columns}), -1 FROM {table.name})
        GROUP BY id, h HAVING sum(times) <> 0 ORDER BY id LIMIT 1
        """
        row = self.replica.execute(query).fetchone()
        assert row is not None, "the hashes differ, and no row does"
        return TableDifference(table.name, row[0], self._row("theirs_kept", row[0]), self._row(table.name, row[0]))

    def _row(self, name: str, row_id: int) -> Row | None:
        found = self.replica.execute(f"SELECT * FROM {name} WHERE id = ?", [row_id]).to_arrow_table().to_pylist()
        return found[0] if found else None

    def _columns(self, table: Table) -> str:
        return ", ".join(column.name for column in self.definition.columns(table))

    @contextmanager
    def _named(self, rows: pa.RecordBatchReader) -> Iterator[None]:
        self.replica.register("theirs", rows)
        try:
            yield
        finally:
            self.replica.unregister("theirs")
