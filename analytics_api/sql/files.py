"""Files with the whole result of a query. A file is complete before anybody fetches it: what went wrong and what was
cut is known by then, and a slow connection does not keep a processor."""

import asyncio
import os
import tempfile
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from analytics_api.sql.errors import LabBusy, UnknownFile
from analytics_api.sql.service import SqlService
from contracts.sql_files import SqlFileAsk, SqlFileRead
from service_kit.disk import Disk
from service_kit.errors import DiskFull

KEPT_SECONDS = 600.0
MOST_KEPT = 8
MOST_FETCHES_OF_ONE = 2  # each keeps the disk's room for its file, also when that is deleted meanwhile
LOOKS_AT_DISK_EACH = 16 * 1024 * 1024  # bytes
READ_AT_ONCE = 256 * 1024


@dataclass(frozen=True)
class Kept:
    """A file without a name in the file system: its room is free again when nobody has it open any more."""

    read: SqlFileRead
    person_id: int
    content: BinaryIO


class SqlFiles:
    """The files that were asked for lately. Each person has one at most, which is deleted after KEPT_SECONDS."""

    def __init__(self, sql: SqlService, folder: Path, disk: Disk) -> None:
        self._sql = sql
        self._folder = folder
        self._disk = disk
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._fetches = Counter[int]()

    def close(self) -> None:
        for id_ in list(self._kept):
            self._drop(id_)

    async def write(self, ask: SqlFileAsk, person_id: int) -> SqlFileRead:
        """Runs the query, and keeps its whole result as a file. Raises what SqlService.run raises, and DiskFull."""
        content = self._opened()
        try:
            async with self._sql.run(ask, person_id, form=ask.format) as begun:
                size = looked_at = 0
                async for part in begun.frames:
                    await asyncio.to_thread(content.write, part)
                    size += len(part)
                    if size - looked_at > LOOKS_AT_DISK_EACH:
                        looked_at = size
                        self._refuse_without_room()
                await asyncio.to_thread(content.flush)
            done = begun.asked.done
            read = SqlFileRead(
                id=begun.asked.id,
                name=f"lodge-result-{begun.as_of:%Y-%m-%dT%H-%M-%SZ}.{ask.format}",
                format=ask.format,
                size=size,
                rows=done["rows"],
                truncated=bool(done["truncated"]),
                shortened=done["shortened"],
                elapsed_ms=round(begun.asked.elapsed_ms, 1),
                as_of=begun.as_of,
            )
        except BaseException:
            content.close()
            raise
        self._keep(Kept(read, person_id, content))
        return read

    @contextmanager
    def open(self, id_: str, person_id: int) -> Iterator[tuple[SqlFileRead, Iterator[bytes]]]:
        """Gives a file of this person and its content. Raises UnknownFile, and LabBusy while the person fetches too
        many."""
        kept = self._kept.get(id_)
        if kept is None or kept.person_id != person_id:
            raise UnknownFile
        if self._fetches[person_id] >= MOST_FETCHES_OF_ONE:
            raise LabBusy(f"You fetch {MOST_FETCHES_OF_ONE} files already. Try again when one of them is complete.")
        self._fetches[person_id] += 1
        descriptor = os.dup(kept.content.fileno())
        try:
            yield kept.read, _parts(descriptor)
        finally:
            os.close(descriptor)
            self._fetches[person_id] -= 1

    def _opened(self) -> BinaryIO:
        self._refuse_without_room()
        return tempfile.TemporaryFile(dir=self._folder)

    def _refuse_without_room(self) -> None:
        if not self._disk.has_room:
            raise DiskFull

    def _keep(self, new: Kept) -> None:
        for id_ in [id_ for id_, kept in self._kept.items() if kept.person_id == new.person_id]:
            self._drop(id_)
        while len(self._kept) >= MOST_KEPT:
            self._drop(next(iter(self._kept)))
        self._kept[new.read.id] = new
        asyncio.get_running_loop().call_later(KEPT_SECONDS, self._drop, new.read.id)

    def _drop(self, id_: str) -> None:
        if kept := self._kept.pop(id_, None):
            kept.content.close()


def _parts(descriptor: int) -> Iterator[bytes]:
    """Gives the content from its beginning, wherever others read it meanwhile."""
    place = 0
    while part := os.pread(descriptor, READ_AT_ONCE, place):
        place += len(part)
        yield part
