"""Writes the file that somebody takes home: one at a time, in a folder that is deleted when the file is sent."""

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
        self._busy = threading.Lock()

    @contextmanager
    def written(self, form: SnapshotFormat) -> Iterator[TakenHome]:
        """Gives the file, which is deleted at the end of the block. It includes everything that was committed before,
        if the database answers soon. Raises SnapshotBusy, NoRoom, NoReplica."""
        if not self._busy.acquire(timeout=SOON_SECONDS):
            raise SnapshotBusy
        try:
            self._follower.catch_up(SOON_SECONDS)
            if shutil.disk_usage(self._folder).free < ROOM * self._replica.size():
                raise NoRoom
            # The replica deletes folders of this name when it opens, so nothing stays behind after a kill.
            with tempfile.TemporaryDirectory(prefix="temporary-taken-home-", dir=self._folder) as name:
                yield take_home(self._replica, self._definition, Path(name), form)
        finally:
            self._busy.release()
