"""What the processes of one data API count together: what visitors did lately, and what they hold open.

In a small SQLite file, in which a process that is killed leaves nothing half-done; a process that serves alone counts
in its own memory, with the same statements. Times are of the machine's monotonic clock, which its processes share: a
clock that is put right changes nothing.
"""

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import TypeVar

import structlog

log = structlog.get_logger()

T = TypeVar("T")
Limit = tuple[str, int]  # what is counted, by a name of it and of who does it; and the most of it

WINDOW_SECONDS = 60.0
# Counting takes microseconds. Whoever holds the file for longer was stopped in the middle of it.
BUSY_SECONDS = 0.25
# After that the file is left alone for so long: each try keeps all requests of this process waiting.
TRY_AGAIN_SECONDS = 5.0

TABLES = """
CREATE TABLE IF NOT EXISTS done (what TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS ix_done ON done (what, at);
CREATE TABLE IF NOT EXISTS held (holder TEXT NOT NULL, what TEXT NOT NULL, worker INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS ix_held_what ON held (what);
CREATE INDEX IF NOT EXISTS ix_held_holder ON held (holder);
"""
# Of the last so many, the first: what is done now is one too many while that one is in the window.
DONE_BEFORE = "SELECT at FROM done WHERE what = ? AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?"
DO = "INSERT INTO done VALUES (?, ?)"
FORGET = "DELETE FROM done WHERE at <= ?"
HOW_MANY_HELD = "SELECT count(*) FROM held WHERE what = ?"
HOLD = "INSERT INTO held VALUES (?, ?, ?)"
RELEASE = "DELETE FROM held WHERE holder = ?"
RELEASE_ALL = "DELETE FROM held WHERE worker = ?"


def counts_file(home: Path) -> Path:
    return home / "run" / "counts.sqlite"


def make_counts_file(home: Path) -> None:
    """Makes it anew, with nothing in it: its times mean nothing after a restart of the machine. To be called while no
    worker runs. Where it cannot be made, each worker counts alone and says so in its log."""
    file = counts_file(home)
    with suppress(OSError, sqlite3.Error):
        for left in file.parent.glob(f"{file.name}*"):
            left.unlink()
        _opened(str(file)).close()


class Counts:
    """Used by all threads of a process. `file`: what the workers share; `worker`: which of them this is.

    Where the file cannot be used, such as on a full disk, each process counts alone until it can: the most is then so
    many times more.
    """

    def __init__(self, file: Path | None = None, worker: int = 1) -> None:
        self._file = file
        self._worker = worker
        self._lock = Lock()
        self._own = _opened(":memory:")
        self._shared: sqlite3.Connection | None = None
        self._alone_until: float | None = None
        self._next_forgetting = 0.0
        # What is to be deleted from the file, and could not be yet. First all that an earlier process of this number
        # held: it is gone.
        self._to_release: list[tuple[str, str | int]] = [(RELEASE_ALL, worker)]
        self._do(lambda _: None)

    def do(self, limits: Sequence[Limit]) -> float:
        """One more of the first, then of the next, as long as there is room: 0 where there was for all, or the seconds
        until there will be."""
        now = time.monotonic()

        def count(counts: sqlite3.Connection) -> float:
            if now >= self._next_forgetting:
                counts.execute(FORGET, [now - WINDOW_SECONDS])
                self._next_forgetting = now + WINDOW_SECONDS
            for what, most in limits:
                first = counts.execute(DONE_BEFORE, [what, now - WINDOW_SECONDS, most - 1]).fetchone()
                if first is not None:
                    return float(first[0]) + WINDOW_SECONDS - now
                counts.execute(DO, [what, now])
            return 0.0

        return self._do(count)

    def full(self, limits: Sequence[Limit]) -> str | None:
        """The first of which as many are held as may be."""
        return self._do(lambda counts: _full(counts, limits))

    def hold(self, holder: str, limits: Sequence[Limit]) -> str | None:
        """One more of each, until it is released; or, where one is full, that one's name and nothing is held."""

        def take(counts: sqlite3.Connection) -> str | None:
            full = _full(counts, limits)
            if full is None:
                counts.executemany(HOLD, [(holder, what, self._worker) for what, _ in limits])
            return full

        return self._do(take)

    def release(self, holder: str) -> None:
        with self._lock:
            self._own.execute(RELEASE, [holder])  # it may have begun while the file could not be used
            if self._file is not None:
                self._to_release.append((RELEASE, holder))
        self._do(lambda _: None)

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._lock:
            if self._file is None or (self._alone_until is not None and time.monotonic() < self._alone_until):
                return _in_transaction(self._own, work)
            try:
                self._shared = self._shared or _opened(str(self._file))
                answer = _in_transaction(self._shared, lambda counts: self._release_and(counts, work))
            except sqlite3.Error as error:
                if self._alone_until is None:
                    log.warning("each process counts alone what visitors do", error=str(error))
                self._alone_until = time.monotonic() + TRY_AGAIN_SECONDS
                return _in_transaction(self._own, work)
            self._alone_until = None
            self._to_release.clear()
            return answer

    def _release_and(self, counts: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
        for statement, which in self._to_release:
            counts.execute(statement, [which])
        return work(counts)


def _opened(file: str) -> sqlite3.Connection:
    counts = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    # A killed process must leave the file whole; a machine that goes down need not.
    counts.execute("PRAGMA journal_mode = WAL")
    counts.execute("PRAGMA synchronous = OFF")
    counts.executescript(TABLES)
    return counts


def _in_transaction(counts: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    counts.execute("BEGIN IMMEDIATE")
    try:
        answer = work(counts)
        counts.execute("COMMIT")
    except BaseException:
        if counts.in_transaction:
            counts.execute("ROLLBACK")
        raise
    return answer


def _full(counts: sqlite3.Connection, limits: Sequence[Limit]) -> str | None:
    return next((what for what, most in limits if counts.execute(HOW_MANY_HELD, [what]).fetchone()[0] >= most), None)
