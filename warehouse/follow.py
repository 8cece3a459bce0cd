"""Keeps the replica up to date: copies the rows that changed since the last snapshot, each step in one transaction.

A step reads, inside one snapshot of Postgres, which rows changed and their current values, and writes them together
with the new watermark. A process killed at any point leaves the replica as it was before the step or after it.
Everything is copied anew when the database is a different one, or when rows may have changed without a line in the
feed.
"""

import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack, closing, suppress
from datetime import UTC, datetime

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import structlog

from warehouse.check import Inspection
from warehouse.copy import copy
from warehouse.errors import DISK_FULL, CannotFollow, SourceUnavailable, is_disk_full
from warehouse.replica import Replica
from warehouse.signal import Signal
from warehouse.source import Snapshot, Source, Standing
from warehouse.state import State
from warehouse.tables import Definition, Table

log = structlog.get_logger()

IDLE_SECONDS = 1.0  # a step runs at least this often: bounds the age of the data and notices a dead connection
RETRY_SECONDS = 0.5
# After a step the follower pauses for twice as long as the step took. While several commits arrive during each pause,
# the pause doubles every time, up to LONGEST_REST_SECONDS: a flood of writes is then copied in few large steps, and the
# writers keep their processor time.
REST = 2.0
LONGEST_REST_SECONDS = 0.25
A_FLOOD = 2  # commits during one pause
STALLED_SECONDS = 10.0
MOST_AT_ONCE = 1_000_000  # changed rows in one step; above this a full copy is as quick, and its memory is bounded
LONGEST_RETRY_SECONDS = 15.0


class Follower:
    """A thread that follows one database."""

    def __init__(self, database_url: str, definition: Definition, replica: Replica) -> None:
        self._database_url = database_url
        self._definition = definition
        self._replica = replica
        self._fingerprint = definition.fingerprint  # computed once: it takes as long as a third of a small step
        replica.wanted, replica.timezone = self._fingerprint, definition.timezone
        self._signal = Signal()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)
        self._turn = threading.Condition()
        self._begun = self._done = 0
        self._read_at: float | None = None
        self._inspections: list[Future[Inspection]] = []
        self._file_error: duckdb.Error | None = None
        self._doing = "starting"
        self._error_told = self._logged = ""
        self._pause = RETRY_SECONDS
        self.reads_everything = False  # whether the database role may read more than what is copied

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._signal.call()
        self._thread.join(timeout=5)

    @property
    def doing(self) -> str:
        """What the follower is doing; "ok" when it follows. Errors appear in their raw text, so this is for logs
        only."""
        lag = self.lag_seconds or 0.0
        if self._doing == "ok" and lag > STALLED_SECONDS:  # hanging, locked out by a restore, or in a large step
            return f"has been waiting for Postgres, or taking in changes, for {lag:.0f} s"
        return self._doing

    @property
    def is_following(self) -> bool:
        return self.doing == "ok"

    @property
    def told(self) -> str:
        """Like `doing`, but safe to show to everybody: the raw text of an error may name folders and hosts."""
        return self._error_told or self.doing

    @property
    def lag_seconds(self) -> float | None:
        """The age, in seconds, of the moment that the replica reflects; None without a replica."""
        state = self._replica.state
        if state is None:
            return None
        if self._read_at is not None:
            return _clock() - self._read_at
        return _since(state.as_of)

    def lag_of(self, as_of: datetime) -> float:
        """Returns the age, in seconds, of a moment that the replica reflected."""
        # The lag is read before the state: if a step ends in between, the returned age is too large, never too small.
        lag = self.lag_seconds
        state = self._replica.state
        if state is None or lag is None:
            return _since(as_of)
        return lag + (state.as_of - as_of).total_seconds()

    def catch_up(self, seconds: float) -> bool:
        """Waits until everything committed before the call is in the replica; returns False if `seconds` pass first."""
        with self._turn:
            wanted = self._begun + 1
            self._signal.call()
            return self._turn.wait_for(lambda: self._done >= wanted, seconds)

    def inspect(self, seconds: float) -> Inspection:
        """Returns the replica and the database at one moment, to be compared. Raises CannotFollow, also when the
        follower does not begin within `seconds`."""
        future: Future[Inspection] = Future()
        self._inspections.append(future)
        self._signal.call()
        try:
            return future.result(seconds)
        except TimeoutError:
            if not future.cancel():
                return future.result()
            raise CannotFollow(self.doing) from None

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                if self._file_error is not None:
                    self._replica.recover(self._file_error)
                    self._file_error, self._read_at = None, None
                self._follow()
            except Exception as error:  # if this thread ended, the numbers would never change again
                self._note(error)
            self._stopping.wait(self._pause)

    def _note(self, error: Exception) -> None:
        is_known = isinstance(error, CannotFollow | psycopg.Error)
        # Postgres is tried again soon. Other errors back off, so as not to write to a full disk, or read everything
        # anew, twice a second.
        self._pause = RETRY_SECONDS if is_known else min(2 * self._pause, LONGEST_RETRY_SECONDS)
        self._error_told = _told(error)
        self._file_error = error if isinstance(error, duckdb.Error) else None
        self._doing = (str(error).strip() or type(error).__name__).splitlines()[0]
        if self._doing != self._logged:
            self._logged = self._doing
            with suppress(OSError):  # a full disk has no room for the log either, and this thread must go on
                log.warning("the replica does not follow", reason=self._doing, exc_info=None if is_known else error)

    def _follow(self) -> None:
        with self._signal.listening(self._database_url), closing(self._source()) as source:
            rest = 0.0
            while not self._stopping.is_set():
                has_changed, seconds = self._step(source)
                self._answer_inspections()
                rest = min(max(REST * seconds, 2 * rest), LONGEST_REST_SECONDS) if has_changed else 0.0
                self._signal.rest(rest)
                if self._signal.wait(IDLE_SECONDS) < A_FLOOD:
                    rest = 0.0

    def _source(self) -> Source:
        source = Source(self._database_url, self._definition)
        self.reads_everything = source.reads_everything
        return source

    def _step(self, source: Source) -> tuple[bool, float]:
        """Runs one step. Returns whether anything had changed, and how many seconds the step took."""
        with self._turn:
            self._begun += 1
            number = self._begun
        began = _clock()
        self._replica.raise_doubt()
        state = self._replica.state
        with source.snapshot(state.last_line_id if state else None) as (snapshot, standing):
            has_changed = self._take_in(snapshot, standing)
        with self._turn:
            self._doing, self._error_told, self._logged, self._pause = "ok", "", "", RETRY_SECONDS
            self._read_at, self._done = began, number
            self._turn.notify_all()
        return has_changed, _clock() - began

    def _take_in(self, snapshot: Snapshot, standing: Standing) -> bool:
        state = self._replica.state
        if state is None or not self._continues(state, standing):
            self._copy(snapshot, standing)
            return True
        changed = snapshot.changed_since(state.seen, MOST_AT_ONCE)
        if changed.num_rows == 0:
            self._replica.confirm(standing.seen, standing.as_of)
            return False
        if changed.num_rows > MOST_AT_ONCE:
            self._copy(snapshot, standing)
            return True
        with self._replica.writing() as writer:
            for table, ids in self._by_table(changed):
                with snapshot.changed_rows(table, ids, state.seen) as rows:
                    writer.replace(table, ids, rows)
            (last_line,) = changed["last_line"].drop_null().to_pylist()
            writer.finish(self._state(standing, last_line, state.revision + 1))
        return True

    def _by_table(self, changed: pa.Table) -> Iterator[tuple[Table, list[int]]]:
        """Gives the tables that have changed rows, each with the ids of these."""
        names = set(changed["table_name"].unique().to_pylist())
        for table in self._definition.tables:
            if table.name in names:
                yield table, changed.filter(pc.equal(changed["table_name"], table.name))["row_id"].to_pylist()

    def _continues(self, state: State, standing: Standing) -> bool:
        """Whether the feed holds every change between the replica's state and the database's; if not, a full copy is
        needed."""
        is_same = (state.identity, state.fingerprint) == (standing.identity, self._fingerprint)
        return is_same and state.last_line in (None, standing.last_line)

    def _copy(self, snapshot: Snapshot, standing: Standing) -> None:
        began = time.monotonic()
        copy(self._replica, self._definition, snapshot, self._state(standing, snapshot.latest_line()), self._say)
        log.info("copied everything", seconds=round(time.monotonic() - began, 1))

    def _state(self, standing: Standing, last_line: str | None, revision: int = 0) -> State:
        return State(standing.seen, standing.as_of, standing.identity, self._fingerprint, last_line, revision)

    def _say(self, doing: str) -> None:
        self._doing, self._error_told = doing, ""

    def _answer_inspections(self) -> None:
        """Answers the waiting `inspect` calls. Each gets a connection of its own, so that following goes on while the
        caller compares."""
        while self._inspections:
            future = self._inspections.pop(0)
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(self._inspection())
                except BaseException as error:
                    future.set_exception(error)
                    raise

    def _inspection(self) -> Inspection:
        with ExitStack() as stack:
            source = stack.enter_context(closing(self._source()))
            state = self._replica.state
            last_line = state.last_line_id if state else None
            snapshot, standing = stack.enter_context(source.snapshot(last_line))
            self._take_in(snapshot, standing)
            cursor, state = self._replica.cursor()
            stack.enter_context(cursor)
            return Inspection(self._definition, snapshot, cursor, standing.as_of, self._replica.doubt, stack.pop_all())


def _clock() -> float:
    """Returns the seconds of a monotonic clock, which on Linux also counts while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if sys.platform == "linux" else time.monotonic()


def _told(error: Exception) -> str:
    if isinstance(error, CannotFollow):
        return error.told
    if is_disk_full(error):
        return DISK_FULL
    if isinstance(error, psycopg.Error):
        return SourceUnavailable.told
    if isinstance(error, duckdb.Error):
        return "the replica's file cannot be read or written; the log says why"
    return "something unexpected happened; the log says what"


def _since(as_of: datetime) -> float:
    """Returns the age of a moment in seconds. For use only until the first read from Postgres: it subtracts the clocks
    of two machines, which may differ."""
    return max(0.0, (datetime.now(UTC).replace(tzinfo=None) - as_of).total_seconds())
