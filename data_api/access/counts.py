"""Counters that the processes of one data API share: what visitors did in the last minute, how much they sent in the
last day, and what they hold open.

They are in a small SQLite file, in which a process that is killed leaves nothing half-done. A process that serves alone
keeps them in its own memory, with the same statements. Times are of the machine's monotonic clock, which all its
processes share, so that setting the wall clock changes nothing.
"""

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import NamedTuple, TypeVar

import structlog

log = structlog.get_logger()

T = TypeVar("T")
Limit = tuple[str, int]  # a counter's name, which says what is counted and for whom; and its maximum

WINDOW_SECONDS = 60.0
# Failures are forgotten so long after the last one.
FAILURES_SECONDS = 3600.0
DAY_SECONDS = 24 * 3600.0
# Counting takes microseconds: a process that locks the file for longer was suspended in the middle of it.
BUSY_SECONDS = 0.25
# After that the file is left alone for so long: each try keeps all requests of this process waiting.
TRY_AGAIN_SECONDS = 5.0

TABLES = """
CREATE TABLE IF NOT EXISTS done (what TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS ix_done ON done (what, at);
CREATE TABLE IF NOT EXISTS held (holder TEXT NOT NULL, what TEXT NOT NULL, worker INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS ix_held_what ON held (what);
CREATE INDEX IF NOT EXISTS ix_held_holder ON held (holder);
CREATE TABLE IF NOT EXISTS failed
    (what TEXT PRIMARY KEY, times INTEGER NOT NULL, at REAL NOT NULL, until REAL NOT NULL);
CREATE TABLE IF NOT EXISTS amount (what TEXT NOT NULL, at REAL NOT NULL, amount INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS ix_amount ON amount (what, at);
"""
# Finds the nth latest entry within the window, where n is the limit: if there is one, another entry would be too many.
DONE_BEFORE = "SELECT at FROM done WHERE what = ? AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?"
DO = "INSERT INTO done VALUES (?, ?)"
FORGET = "DELETE FROM done WHERE at <= ?"
HOW_MANY_HELD = "SELECT count(*) FROM held WHERE what = ?"
HOLD = "INSERT INTO held VALUES (?, ?, ?)"
RELEASE = "DELETE FROM held WHERE holder = ?"
FAILED = "SELECT times, until FROM failed WHERE what = ? AND at > ?"
FAIL = "INSERT OR REPLACE INTO failed VALUES (?, ?, ?, ?)"
FORGET_FAILED = "DELETE FROM failed WHERE at <= ?"
FORGIVE = "DELETE FROM failed WHERE what = ?"
TAKE_BACK = "UPDATE failed SET times = times - 1, until = 0 WHERE what = ?"
ADD = "INSERT INTO amount VALUES (?, ?, ?)"
AMOUNTS = "SELECT at, amount FROM amount WHERE what = ? AND at > ? ORDER BY at DESC"
FORGET_AMOUNTS = "DELETE FROM amount WHERE at <= ?"
RELEASE_ALL = "DELETE FROM held WHERE worker = ?"


class Failures(NamedTuple):
    """A counter of failures, by its name. The first `free` of them cost nothing. Then each doubles the seconds that the
    next try has to wait, up to `longest`."""

    what: str
    free: int
    longest: float

    def wait(self, times: int) -> float:
        return 0.0 if times < self.free else min(self.longest, 2.0 ** min(times - self.free, 30))


def counts_file(home: Path) -> Path:
    return home / "run" / "counts.sqlite"


def make_counts_file(home: Path) -> None:
    """Replaces the file by an empty one, because its times mean nothing after a restart of the machine. No worker may
    be running. Where the file cannot be made, each worker counts alone and says so in its log."""
    file = counts_file(home)
    with suppress(OSError, sqlite3.Error):
        for left in file.parent.glob(f"{file.name}*"):
            left.unlink()
        _opened(str(file)).close()


class Counts:
    """The counters, used by all threads of a process. `file`: the file that the workers share; `worker`: the number of
    this one.

    While the file cannot be used, for instance because the disk is full, each process counts alone: with n workers the
    limits are then n times as high.
    """

    def __init__(self, file: Path | None = None, worker: int = 1) -> None:
        self._file = file
        self._worker = worker
        self._lock = Lock()
        self._own = _opened(":memory:")
        self._shared: sqlite3.Connection | None = None
        self._alone_until: float | None = None
        self._next_forgetting = 0.0
        # What has to be deleted from the file and could not be yet. First all that an earlier process with this
        # worker's number held open, which ended with that process.
        self._to_release: list[tuple[str, str | int]] = [(RELEASE_ALL, worker)]
        self._do(lambda _: None)

    def do(self, limits: Sequence[Limit]) -> float:
        """Adds one to each counter in turn, up to the first that is full. Returns 0 if none was full, else the seconds
        until that one has room again."""
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

    def add(self, what: str, amount: int, most: int) -> float:
        """Adds the amount, unless that made more than `most` of the last day. Returns 0 if it was added, else the
        seconds until it has room."""
        now = time.monotonic()

        def count(counts: sqlite3.Connection) -> float:
            counts.execute(FORGET_AMOUNTS, [now - DAY_SECONDS])
            total = amount
            for at, earlier in counts.execute(AMOUNTS, [what, now - DAY_SECONDS]):
                total += earlier
                if total > most:  # there is room as soon as this one and those before it are a day old
                    return float(at) + DAY_SECONDS - now
            counts.execute(ADD, [what, now, amount])
            return 0.0

        return self._do(count)

    def fail(self, counters: Sequence[Failures]) -> float:
        """Adds a failure to each counter. If one of them still has to wait, adds nothing and returns the seconds until
        none of them has to; otherwise returns 0.

        Call it before the try: of many tries at the same moment, the others could not know of each other's failures.
        """
        now = time.monotonic()

        def count(counts: sqlite3.Connection) -> float:
            counts.execute(FORGET_FAILED, [now - FAILURES_SECONDS])
            found = [
                counts.execute(FAILED, [one.what, now - FAILURES_SECONDS]).fetchone() or (0, 0) for one in counters
            ]
            wait = max((until - now for _, until in found), default=0.0)
            if wait > 0:
                return float(wait)
            for one, (times, _) in zip(counters, found, strict=True):
                counts.execute(FAIL, [one.what, times + 1, now, now + one.wait(times + 1)])
            return 0.0

        return self._do(count)

    def succeed(self, forgiven: Failures, others: Sequence[Failures]) -> None:
        """Says that the try was no failure after all: `forgiven` begins anew, the others lose the one failure."""

        def count(counts: sqlite3.Connection) -> None:
            counts.execute(FORGIVE, [forgiven.what])
            counts.executemany(TAKE_BACK, [[one.what] for one in others])

        self._do(count)

    def full(self, limits: Sequence[Limit]) -> str | None:
        """Returns the name of the first counter that has reached its maximum, or None."""
        return self._do(lambda counts: _full(counts, limits))

    def hold(self, holder: str, limits: Sequence[Limit]) -> str | None:
        """Adds one to each counter until `holder` is released. If one of them is full, adds nothing and returns its
        name."""

        def take(counts: sqlite3.Connection) -> str | None:
            full = _full(counts, limits)
            if full is None:
                counts.executemany(HOLD, [(holder, what, self._worker) for what, _ in limits])
            return full

        return self._do(take)

    def release(self, holder: str) -> None:
        with self._lock:
            self._own.execute(RELEASE, [holder])  # the hold may have begun in memory, while the file could not be used
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
    # The file must survive a process that is killed, but not a crash of the machine.
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
