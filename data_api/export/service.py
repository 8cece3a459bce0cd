"""Makes files of tickets, some at once, each while it is sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio.to_thread
import structlog
from anyio import CancelScope, CapacityLimiter

from contracts.export import ExportColumns, ExportQuery
from data_api.access.actor import Actor
from data_api.export.columns import Wanted, chosen, columns_for
from data_api.export.errors import ExportGoesOn, TooManyExports
from data_api.export.repository import ExportRepository
from data_api.kit.database import Database
from service_kit.settings import Settings

if TYPE_CHECKING:
    from data_api.export.making import Export

log = structlog.get_logger()

# Each has a connection of its own, and keeps a processor busy while it works. Of these places, only staff may take the
# last one: people without work on tickets are many, and two of them could keep everybody else from exporting.
MOST_AT_ONCE = 3
MOST_OF_OTHERS = 2
LONGEST_WAIT_SECONDS = 5.0

# Who has a place: a person, or the address of somebody without a name.
Holder = int | str


class Exports:
    """The exports that one process makes for one organisation."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings, self._database = settings, database
        self._places = Places()
        # Threads of their own: those of the requests must not wait for a file.
        self.threads = CapacityLimiter(MOST_AT_ONCE)

    def offer(self, actor: Actor) -> ExportColumns:
        columns = [column.read for column in columns_for(actor.reads, is_staff=actor.is_staff).values()]
        return ExportColumns(columns=columns, zone=self._settings.campus_zone.key)

    def wanted(self, actor: Actor, query: ExportQuery) -> Wanted:
        """Raises InvalidInput for a column that there is not."""
        return Wanted(actor, query, chosen(query.columns, actor))

    @asynccontextmanager
    async def opened(self, wanted: Wanted, holder: Holder) -> AsyncIterator["Export"]:
        """Gives the file. Raises ExportGoesOn, TooManyExports, DatabaseUnavailable."""
        async with self._places.taken_by(holder, is_staff=wanted.actor.is_staff):
            export = await anyio.to_thread.run_sync(self._begin, wanted, limiter=self.threads)
            try:
                yield export
            finally:
                # Also when whoever asked for it is gone, which cancels everything else.
                with CancelScope(shield=True):
                    await anyio.to_thread.run_sync(export.close, limiter=self.threads)
                log.info("tickets exported", person_id=wanted.actor.person_id, **export.told())

    def _begin(self, wanted: Wanted) -> "Export":
        # Loaded when it is first needed: most processes never export, and Arrow takes a lot of memory.
        from data_api.export.making import Export

        repository = ExportRepository(self._database, self._settings.campus_zone)
        return Export(repository, self._database.url, self._settings.campus_zone, wanted)


class Places:
    """Who exports at the moment: one file a person, so that nobody keeps all places. One place is for staff alone, so
    that others do not keep all of them together."""

    def __init__(self) -> None:
        self._holders: dict[Holder, bool] = {}  # whether each is one of the staff
        self._is_changed = asyncio.Event()

    @asynccontextmanager
    async def taken_by(self, holder: Holder, *, is_staff: bool) -> AsyncIterator[None]:
        """Waits a little for a place, and for the one that the holder has left a moment ago. Raises ExportGoesOn,
        TooManyExports."""
        try:
            async with asyncio.timeout(LONGEST_WAIT_SECONDS):
                while holder in self._holders or not self._has_room(is_staff=is_staff):
                    await self._is_changed.wait()
        except TimeoutError:
            raise (ExportGoesOn if holder in self._holders else TooManyExports)() from None
        self._holders[holder] = is_staff
        try:
            yield
        finally:
            del self._holders[holder]
            self._is_changed.set()
            self._is_changed = asyncio.Event()

    def _has_room(self, *, is_staff: bool) -> bool:
        others = len(self._holders) - sum(self._holders.values())
        return len(self._holders) < MOST_AT_ONCE and (is_staff or others < MOST_OF_OTHERS)
