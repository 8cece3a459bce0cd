"""Waits for a commit in Postgres, or for a call from another thread of this process."""

import os
import selectors
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg

from service_kit.change_feed import CHANNEL
from service_kit.database_url import libpq_url


class Signal:
    """Wakes one waiting thread. `call` may be used from any thread."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)
        self._connection: psycopg.Connection | None = None

    @contextmanager
    def listening(self, database_url: str) -> Iterator[None]:
        """Receives the notifications of commits during the block. Raises psycopg.Error."""
        with psycopg.connect(libpq_url(database_url), connect_timeout=5, autocommit=True) as connection:
            connection.execute(f"LISTEN {CHANNEL}".encode())
            self._connection = connection
            try:
                yield
            finally:
                self._connection = None

    def call(self) -> None:
        with suppress(BlockingIOError):  # the pipe is full of earlier calls
            os.write(self._write, b"!")

    def wait(self, seconds: float) -> int:
        """Waits until a commit is notified, another thread calls `call`, or the time is over. Returns how many commits
        were notified. Raises psycopg.Error."""
        commits = 0
        connection = self._connection
        if connection is None:
            _until_ready(seconds, self._read)
        elif connection.fileno() in _until_ready(seconds, self._read, connection.fileno()):
            commits = sum(1 for _ in connection.notifies(timeout=0))
        self._forget_calls()
        return commits

    def rest(self, seconds: float) -> None:
        """Waits for a call or the end of the time. Commits do not end the wait."""
        _until_ready(seconds, self._read)

    def _forget_calls(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._read, 4096)


def _until_ready(seconds: float, *sources: int) -> list[int]:
    """Waits, and returns the sources that have something to read."""
    with selectors.DefaultSelector() as selector:
        for source in sources:
            selector.register(source, selectors.EVENT_READ)
        return [key.fd for key, _ in selector.select(seconds)]
