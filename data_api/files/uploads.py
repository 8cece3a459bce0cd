"""Takes files in: receives, checks and keeps them, some at a time. No row refers to them yet."""

import math
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

import anyio.to_thread
from anyio import CapacityLimiter

from data_api.access.counts import Counts
from data_api.files.errors import FileRefused, FileTooLarge, NoRoomForFiles, TooManyUploads, UploadedTooMuch
from data_api.files.judging import judge
from data_api.files.kinds import extension_of, most_bytes
from data_api.files.names import safe_name
from data_api.files.receiving import Body, Limits, Received, copied, received, temporary_file
from data_api.files.scanning import scan
from data_api.files.storage import Storage, digest_of, incoming_folder, make_storage
from service_kit.disk import MEGABYTE, Disk
from service_kit.settings import Settings

MOST_AT_ONCE = 100  # of one process; each holds a connection, an open file and a piece of memory
MOST_OF_ONE = 20  # of one person, who may send each of them very slowly
WRITING, CHECKING, READING = 4, 2, 8  # threads of one process


class Kept(NamedTuple):
    """A file that is kept. `path` holds its content until the request ends, `thumbnail` its small picture."""

    name: str
    type: str
    size: int
    content_hash: str
    thumbnail_hash: str | None
    path: Path


class Uploads:
    """What one organisation needs to take files in."""

    def __init__(self, settings: Settings, disk: Disk, counts: Counts) -> None:
        self.storage: Storage = make_storage(settings)
        self.limits = Limits(settings.attachment_mb, settings.video_mb)
        self._incoming = incoming_folder(settings)
        self._clamd = settings.clamd
        self._disk = disk
        self._counts = counts
        self._most_mb_a_day = settings.uploads_mb_a_day if settings.rate_limits else 0
        # Threads of their own: if all threads of the process waited for a slow disk, scanner or bucket, the desk would
        # stop.
        self._writing, self._checking = CapacityLimiter(WRITING), CapacityLimiter(CHECKING)
        self.reading = CapacityLimiter(READING)
        self._open: Counter[str] = Counter()

    @asynccontextmanager
    async def taken(self, body: Body, sender: str) -> AsyncIterator[Kept]:
        """Gives the file of the body, checked and kept. Raises what `errors.py` lists."""
        if not self._disk.has_room_for_files:
            raise NoRoomForFiles
        with self._place(sender):
            async with received(body, self._incoming, self.limits, self._disk, self._writing) as file:
                self._count(sender, file.size)
                yield await anyio.to_thread.run_sync(partial(self._check_and_keep, file), limiter=self._checking)

    def _count(self, sender: str, size: int) -> None:
        """Counts a file that has arrived, before it is kept. What is deleted counts too, because its content stays
        until the sweep. Raises UploadedTooMuch."""
        if self._most_mb_a_day and (
            wait := self._counts.add(f"bytes of {sender}", size, self._most_mb_a_day * MEGABYTE)
        ):
            raise UploadedTooMuch(self._most_mb_a_day, math.ceil(wait))

    def take_copy(self, source: BinaryIO, name: str) -> Kept:
        """Takes in a file of this machine, as `taken` does one of a request. Blocks. Checked and kept is a copy,
        because somebody may change `source` in between."""
        path = temporary_file(self._incoming)
        try:
            return self._check_and_keep(copied(source, name, path, self.limits, self._disk))
        finally:
            path.unlink(missing_ok=True)

    @contextmanager
    def _place(self, sender: str) -> Iterator[None]:
        if self._open.total() >= MOST_AT_ONCE or self._open[sender] >= MOST_OF_ONE:
            raise TooManyUploads
        self._open[sender] += 1
        try:
            yield
        finally:
            self._open[sender] -= 1
            if not self._open[sender]:
                del self._open[sender]

    def _check_and_keep(self, file: Received) -> Kept:
        if not file.size:
            raise FileRefused("it is empty")
        kind, thumbnail = judge(file.path, extension_of(file.name))
        usual_mb, video_mb = self.limits
        if file.size > (most := most_bytes(kind, usual_mb=usual_mb, video_mb=video_mb)):
            raise FileTooLarge(most // MEGABYTE)
        scan(file.path, self._clamd)
        self.storage.put(file.content_hash, file.path)
        small = self._keep_thumbnail(file.path, thumbnail) if thumbnail else None
        return Kept(safe_name(file.name, kind), kind.type, file.size, file.content_hash, small, file.path)

    def _keep_thumbnail(self, path: Path, thumbnail: bytes) -> str:
        beside = path.with_name(f"{path.name}.small")
        try:
            beside.write_bytes(thumbnail)
            name = digest_of(beside)
            self.storage.put(name, beside)
        finally:
            beside.unlink(missing_ok=True)
        return name
