"""The DuckDB file, and the only module that runs queries on it.

A new copy is built in a file of its own and replaces the old file when it is complete; readers of the old file finish
undisturbed. Each new file has a higher number in its name, because for a name that is already open DuckDB returns the
open database.
"""

import fcntl
import os
import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import structlog

from warehouse.errors import FolderTaken, NoReplica, QueryFailed, is_disk_full
from warehouse.sentence_macros import SENTENCE_MACROS
from warehouse.state import State, read_state, read_through
from warehouse.tables import Definition
from warehouse.writer import Writer

log = structlog.get_logger()

CONFIG = {
    "memory_limit": "768MB",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "enable_external_access": "false",
}
UNREADABLE = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException)
MOST_COPIED_AT_ONCE = 1024**3
COMPLETE = re.compile(r"replica-(\d+)\.duckdb")

Value = int | float | str | datetime | date | None


@dataclass(frozen=True)
class Answer:
    table: pa.Table
    as_of: datetime
    revision: int


def used_values(statement: str, values: Mapping[str, Value]) -> dict[str, Value]:
    """Returns the values that the statement names; DuckDB refuses any others."""
    return {name: value for name, value in values.items() if re.search(rf"\${name}\b", statement)}


class Replica:
    """The replica, for one writer at a time and any number of readers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._writing = threading.Lock()  # held by a write transaction, and while the file is copied
        self._database: duckdb.DuckDBPyConnection | None = None
        self._state: State | None = None
        self._number = 0
        self._held: int | None = None
        self._revision = -1  # the highest revision so far; a full copy continues from it, so that none is used twice
        self._doubt: duckdb.Error | None = None
        self.wanted = ""  # fingerprint of the followed definition; until its copy is complete, a file may lack columns
        self.timezone = "UTC"  # the campus's

    def open(self, *, is_doubted: bool = False) -> None:
        """Opens the newest complete file that can be read, if there is one, and deletes all other replica files. With
        `is_doubted`, a file is read from end to end before it is used. Raises FolderTaken while another process has
        locked the folder, and duckdb.Error when the disk is full."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._take_folder()
        for left_over in self._folder.glob("temporary*"):
            shutil.rmtree(left_over, ignore_errors=True)
        for number, file in sorted(self._complete(), reverse=True):
            self._number = max(self._number, number)
            if self._database is None:
                self._open(number, file, is_doubted=is_doubted)
        self._remove_others()

    def _take_folder(self) -> None:
        """Locks the folder, because two processes would delete each other's files."""
        if self._held is None:
            handle = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(handle)
                raise FolderTaken(f"Another process follows into {self._folder}.") from None
            self._held = handle

    def _complete(self) -> list[tuple[int, Path]]:
        named = ((COMPLETE.fullmatch(file.name), file) for file in self._folder.iterdir())
        return [(int(name[1]), file) for name, file in named if name]

    def _open(self, number: int, file: Path, *, is_doubted: bool = False) -> None:
        try:
            database = duckdb.connect(file, config=self._config(number))
            state = read_state(database)
            if is_doubted:
                read_through(database)
        except duckdb.Error as error:
            if is_disk_full(error):  # the file is good, and will be opened when there is room
                raise
            log.warning("a replica that cannot be read is built anew", file=file.name, error=str(error))
            return
        self._swap(number, database, state)

    def _config(self, number: int) -> dict[str, str | bool | int | float | list[str]]:
        """Gives each file a spill folder of its own: two open databases that spill into the same folder crash the
        process."""
        return {**CONFIG, "temp_directory": str(self._folder / f"temporary-{number}")}

    def _swap(self, number: int, database: duckdb.DuckDBPyConnection, state: State) -> None:
        with self._lock:
            # The old database is not closed explicitly, because that would close its readers too; it is freed when its
            # last reader is done.
            self._database = database
            self._revision = max(state.revision, self._revision + 1)
            self._state, self._number = replace(state, revision=self._revision), number

    def _remove_others(self) -> None:
        kept = f"replica-{self._number}.duckdb" if self._database else ""
        for file in self._folder.glob("*.duckdb*"):
            if file.name.removesuffix(".wal") != kept and not file.is_dir():
                file.unlink()

    def recover(self, error: duckdb.Error) -> None:
        """Handles a database error by trusting the file instead of memory. If the file still holds the remembered state
        it stays open, and readers notice nothing; otherwise the replica is closed and opened again."""
        is_doubted = isinstance(error, UNREADABLE)
        if not self._is_as_it_was(is_doubted):
            self.close()
            self.open(is_doubted=is_doubted)

    def _is_as_it_was(self, is_doubted: bool) -> bool:
        try:
            cursor, state = self.cursor()
            with cursor:
                if is_doubted:
                    read_through(cursor)
                return read_state(cursor).last_line == state.last_line
        except (duckdb.Error, NoReplica):
            return False

    def doubt(self, error: duckdb.Error) -> None:
        """Records that a reader could not read the file. The follower examines the file at its next step."""
        self._doubt = error

    def raise_doubt(self) -> None:
        """Raises the duckdb.Error that a reader recorded, if any, and forgets it."""
        doubt, self._doubt = self._doubt, None
        if doubt is not None:
            raise doubt

    def close(self) -> None:
        with self._lock:
            database, self._database, self._state = self._database, None, None
        if database is not None:
            database.close()
        if self._held is not None:
            os.close(self._held)
            self._held = None

    @property
    def state(self) -> State | None:
        """None while there is no replica to answer from."""
        return self._state

    def known_state(self) -> State:
        """Returns the state. Raises NoReplica when there is none."""
        if (state := self._state) is None:
            raise NoReplica
        return state

    def confirm(self, seen: str, as_of: datetime) -> None:
        """Records that nothing had changed up to this snapshot. Kept in memory only: after a restart it is found out
        again."""
        with self._lock:
            if self._state is not None:
                self._state = replace(self._state, seen=seen, as_of=as_of)

    def cursor(self) -> tuple[duckdb.DuckDBPyConnection, State]:
        """Returns a connection inside a transaction, and the state that its data correspond to. Raises NoReplica."""
        with self._lock:
            if self._database is None or self._state is None:
                raise NoReplica
            cursor, state = self._database.cursor(), self._state
            cursor.begin()
            # A DuckDB transaction sees the data as of its first read, so the first read happens under the lock that
            # commits take.
            cursor.execute("SELECT revision FROM internal.state").fetchall()
        return cursor, state

    def ask(self, query: str, parameters: Mapping[str, Value]) -> Answer:
        """Runs one SELECT; `$as_of` in it is the moment that the answer reflects, and `$today` that moment's day on the
        campus. Raises NoReplica, QueryFailed."""
        cursor, state = self.cursor()
        with cursor, self._errors_of_queries(state):
            values = {**parameters, **self._moment(state.as_of)}
            table = cursor.execute(query, used_values(query, values)).to_arrow_table()
            return Answer(table, state.as_of, state.revision)

    def say(self, expression: str, answer: Answer, parameters: Mapping[str, Value]) -> str | None:
        """Evaluates an SQL expression over the rows of an answer (the table `answer`) and the parameters. Returns its
        value as text, or None for NULL. Raises NoReplica, QueryFailed."""
        cursor, state = self.cursor()
        with cursor, self._errors_of_queries(state):
            cursor.execute(SENTENCE_MACROS)
            cursor.register("answer", answer.table)
            values = {**parameters, **self._moment(answer.as_of)}
            row = cursor.execute(f"SELECT {expression} FROM answer", used_values(expression, values)).fetchone()
            cursor.unregister("answer")
        return str(row[0]) if row and row[0] is not None else None

    def day_of(self, as_of: datetime) -> date:
        """Returns the day of this moment in the campus's time."""
        return as_of.replace(tzinfo=UTC).astimezone(ZoneInfo(self.timezone)).date()

    def _moment(self, as_of: datetime) -> dict[str, Value]:
        return {"as_of": as_of, "today": self.day_of(as_of)}

    @contextmanager
    def _errors_of_queries(self, state: State) -> Iterator[None]:
        try:
            yield
        except UNREADABLE as error:
            self.doubt(error)
            raise NoReplica from error
        except duckdb.Error as error:
            is_schema = isinstance(error, duckdb.CatalogException | duckdb.BinderException)
            if is_schema and state.fingerprint != self.wanted:
                raise NoReplica from error
            raise QueryFailed(str(error)) from error

    def reflected(self, answer: Answer) -> datetime:
        """Returns the latest moment at which the answer is known to have been right."""
        with self._lock:
            state = self._state
        return max(answer.as_of, state.as_of) if state and state.revision == answer.revision else answer.as_of

    def count(self, tables: list[str]) -> dict[str, int]:
        counts = ", ".join(f"(SELECT count(*) FROM {name}) AS {name}" for name in tables)
        found: dict[str, int] = self.ask(f"SELECT {counts}", {}).table.to_pylist()[0]
        return found

    def types(self, name: str) -> dict[str, str]:
        """Returns the types of a table's or a view's columns."""
        found = self.ask(f"SELECT column_name, column_type FROM (DESCRIBE {name})", {}).table
        return dict(zip(*found.to_pydict().values(), strict=True))

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Runs the block in one transaction. It is committed after the block if `Writer.finish` was called, and
        otherwise rolled back."""
        assert self._database is not None
        with self._writing, self._database.cursor() as cursor:
            cursor.begin()
            writer = Writer(cursor)
            try:
                yield writer
                if writer.state is not None:
                    with self._lock:
                        cursor.commit()
                        self._state, self._revision = writer.state, writer.state.revision
            finally:
                with suppress(duckdb.Error):
                    cursor.rollback()

    def copy_file(self, target: Path) -> State:
        """Copies the file with everything that is committed, and returns the state that the copy reflects. Writes wait
        meanwhile; reads do not. Raises NoReplica."""
        with self._writing:
            with self._lock:
                if self._database is None or self._state is None:
                    raise NoReplica
                cursor, state = self._database.cursor(), self._state
                # Opened now, because a new copy may take this file's place at any time.
                source = (self._folder / f"replica-{self._number}.duckdb").open("rb")
            with cursor, source:
                cursor.execute("CHECKPOINT")  # what is committed may still lie in the log beside the file
                with target.open("xb") as copy:
                    while os.copy_file_range(source.fileno(), copy.fileno(), MOST_COPIED_AT_ONCE):
                        pass
            return state

    def size(self) -> int:
        """Returns the size of the file in bytes. Raises NoReplica."""
        try:
            return (self._folder / f"replica-{self._number}.duckdb").stat().st_size
        except FileNotFoundError:
            raise NoReplica from None

    @contextmanager
    def building(self, definition: Definition) -> Iterator[Writer]:
        """Builds a new file in the block. It replaces the file in use if `Writer.finish` was called in the block."""
        number = self._number + 1
        file = self._folder / f"building-{number}.duckdb"
        self._discard(file)
        try:
            with duckdb.connect(file, config=self._config(number)) as database:
                writer = Writer(database)
                writer.create(definition)
                yield writer
                database.execute("CHECKPOINT")
            complete = file.rename(self._folder / f"replica-{number}.duckdb")
        except BaseException:
            self._discard(file)
            raise
        self._open(number, complete)
        self._remove_others()

    def _discard(self, file: Path) -> None:
        file.unlink(missing_ok=True)
        file.with_name(file.name + ".wal").unlink(missing_ok=True)
