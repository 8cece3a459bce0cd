"""Copies of the replica's file that the SQL lab reads, so that neither holds up the other."""

import os
import shutil
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse.errors import NoRoomForCopy
from warehouse.replica import Replica
from warehouse.tables import Definition

FRESH_SECONDS = 5.0
ROOM = 2  # of the replica's size: its copy, and as much for the replica itself
CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "memory_limit": "128MB",
    "temp_directory": "",
}


@dataclass(frozen=True)
class Snapshot:
    """An open file, and the moment (UTC, no zone) and the revision that it reflects."""

    descriptor: int
    as_of: datetime
    revision: int


class Snapshots:
    """Makes copies when they are wanted, and not more often than one in `fresh_seconds`.

    A file's name is removed as soon as it is open: whoever reads it holds it by its descriptor, and the disk's space is
    free again when the last of them is done, even if the service is killed. Without a name, a statement cannot learn
    either where the desk's files are.
    """

    def __init__(
        self, replica: Replica, definition: Definition, folder: Path, fresh_seconds: float = FRESH_SECONDS
    ) -> None:
        self._replica = replica
        self._definition = definition
        self._folder = folder
        self._fresh_seconds = fresh_seconds
        self._lock = threading.Lock()
        self._current: Snapshot | None = None
        self._made_at = 0.0

    def open(self, fresh_seconds: float | None = None) -> Snapshot:
        """Returns a snapshot at most so old; without `fresh_seconds` one as fresh as all are. Its descriptor is the
        caller's to close. Raises NoReplica, NoRoomForCopy."""
        with self._lock:
            current = self._fresh(fresh_seconds or self._fresh_seconds)
            return Snapshot(os.dup(current.descriptor), current.as_of, current.revision)

    def close(self) -> None:
        with self._lock:
            self._forget()

    def _fresh(self, fresh_seconds: float) -> Snapshot:
        state = self._replica.known_state()
        current = self._current
        if current is not None and current.revision == state.revision:
            self._current = Snapshot(current.descriptor, state.as_of, current.revision)
            return self._current
        if current is None or time.monotonic() - self._made_at >= fresh_seconds:
            self._forget()
            self._made_at = time.monotonic()
            self._current = self._make()
        assert self._current is not None
        return self._current

    def _make(self) -> Snapshot:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(mode=0o700)
        if shutil.disk_usage(self._folder).free < ROOM * self._replica.size():
            raise NoRoomForCopy
        file = self._folder / "lodge.duckdb"
        state = self._replica.copy_file(file)
        _keep_what_is_open(file, self._definition)
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
        file.unlink()
        return Snapshot(descriptor, state.as_of, state.revision)

    def _forget(self) -> None:
        if self._current is not None:
            os.close(self._current.descriptor)
            self._current = None


def _keep_what_is_open(file: Path, definition: Definition) -> None:
    """Leaves only what `tables.py` lists for people: what the replica notes about itself names the server that it
    follows, and some columns are only for analyses."""
    with duckdb.connect(file, config=CONFIG) as database:
        database.execute("DROP SCHEMA internal CASCADE")
        for statement in definition.closing():
            database.execute(statement)
        database.execute("CHECKPOINT")
