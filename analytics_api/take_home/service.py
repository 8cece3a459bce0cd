"""Writes the file that somebody takes home: one at a time, each in a folder that is deleted when the file is sent."""

import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analytics_api.errors import NoRoom, SnapshotBusy
from contracts.take_home import SnapshotFormat
from warehouse.follow import Follower
from warehouse.replica import Replica
from warehouse.tables import Definition
from warehouse.take_home import TakenHome, take_home

SOON_SECONDS = 2.0
# Of the replica's size: its copy, the new file, and what writing it may spill.
ROOM = 3


class TakeHomeService:
    def __init__(self, replica: Replica, follower: Follower, definition: Definition, folder: Path) -> None:
        self._replica = replica
        self._follower = follower
        self._definition = definition
        self._folder = folder
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._asking: set[int | None] = set()

    @contextmanager
    def written(self, form: SnapshotFormat, person_id: int | None) -> Iterator[TakenHome]:
        """Gives the file, which is deleted at the end of the block. It includes everything that was committed before,
        if the database answers soon. A person has one file at a time, so whoever reads slowly keeps nobody waiting;
        `person_id` is None for the `lodge` command. Raises SnapshotBusy, NoRoom, NoReplica."""
        with self._only_one_of(person_id), self._folder_of_its_own() as folder:
            if not self._writing.acquire(timeout=SOON_SECONDS):
                raise SnapshotBusy("Another snapshot is being written.")
            try:
                self._follower.catch_up(SOON_SECONDS)
                if shutil.disk_usage(self._folder).free < ROOM * self._replica.size():
                    raise NoRoom
                taken = take_home(self._replica, self._definition, folder, form)
            finally:
                self._writing.release()
            yield taken

    @contextmanager
    def _only_one_of(self, person_id: int | None) -> Iterator[None]:
        with self._lock:
            if person_id in self._asking:
                raise SnapshotBusy("A snapshot is being written for you, or sent to you, already.")
            self._asking.add(person_id)
        try:
            yield
        finally:
            with self._lock:
                self._asking.discard(person_id)

    @contextmanager
    def _folder_of_its_own(self) -> Iterator[Path]:
        # The replica deletes folders of this name when it opens, so nothing stays behind after a kill.
        with tempfile.TemporaryDirectory(prefix="temporary-taken-home-", dir=self._folder) as name:
            yield Path(name)
