"""A replica that follows a database inside the test's own process, where a process of its own would add nothing."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from service_kit.database_url import libpq_url
from tests.lodge.waiting import wait_until
from warehouse.check import TableDifference
from warehouse.follow import Follower
from warehouse.replica import Replica
from warehouse.state import State
from warehouse.tables import Definition

SOON = 60.0  # a loaded machine's, not how long it takes
USUAL = Definition("UTC", with_text=False)
# Autovacuum, which may be there at any moment, is not the tests' to end.
END_CONNECTIONS: LiteralString = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = %s AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


class Following:
    """A database, and the replica that follows it."""

    def __init__(self, database_url: str, folder: Path, definition: Definition = USUAL) -> None:
        self.database_url = database_url
        self.folder = folder
        self.replica = Replica(folder)
        self.replica.open()
        self.follower = Follower(database_url, definition, self.replica)
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None

    def sql(self, statement: LiteralString, *values: Any, **named: Any) -> list[tuple[Any, ...]]:
        """In Postgres, committed; the rows where there are any."""
        if self._connection is None:
            self._connection = psycopg.connect(libpq_url(self.database_url), autocommit=True)
        cursor = self._connection.execute(statement, named or values or None)
        return cursor.fetchall() if cursor.description else []

    def leave_postgres(self) -> None:
        """The test's own connection only."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """In the replica, once everything committed so far is in it."""
        self.catch_up()
        return self.last_numbers(query)

    def last_numbers(self, query: str) -> list[tuple[Any, ...]]:
        """In the replica as it is."""
        return [tuple(row.values()) for row in self.replica.ask(query, {}).table.to_pylist()]

    def difference(self) -> TableDifference | None:
        """The first one; None is what it should be."""
        with closing(self.follower.inspect(SOON)) as inspection:
            return inspection.compare().difference

    def catch_up(self) -> State:
        """Everything committed so far is in the replica."""
        assert self.follower.catch_up(SOON), self.follower.doing
        return self.replica.known_state()

    def age(self) -> float:
        """As it is shown, in seconds."""
        lag = self.follower.lag_seconds
        assert lag is not None, "there is no replica"
        return lag

    @property
    def file(self) -> Path:
        """Another one after the replica was built anew."""
        (found,) = self.folder.glob("replica-*.duckdb")
        return found

    def wait_until_doing(self, words: str) -> None:
        wait_until(lambda: words in self.follower.doing, f"{words!r}, not {self.follower.doing!r}", SOON)


@contextmanager
def following(database_url: str, folder: Path, definition: Definition = USUAL) -> Iterator[Following]:
    """Follows while the block runs; the file stays."""
    desk = Following(database_url, folder, definition)
    desk.follower.start()
    try:
        yield desk
    finally:
        desk.follower.stop()
        desk.replica.close()
        desk.leave_postgres()


@contextmanager
def connection(database_url: str, *, autocommit: bool = False) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """Another one; what is not committed at the end of the block is rolled back."""
    with closing(psycopg.connect(libpq_url(database_url), autocommit=autocommit)) as opened:
        yield opened
