"""Runs statements: those of all people in turn where there are more than processors, each in a process of its own."""

import asyncio
import json
import os
import re
import time
from collections import Counter, OrderedDict, defaultdict
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import uuid4

import structlog

from analytics_api.errors import NoRoom
from analytics_api.sql.errors import (
    LabBusy,
    LabOff,
    StatementCancelled,
    StatementKnown,
    StatementLost,
    StatementNotAllowed,
    StatementTooExpensive,
    StatementWrong,
    UnknownStatement,
)
from contracts.sql import (
    MOST_EXPORTED_ROWS,
    MOST_PREVIEWED_ROWS,
    MOST_ROWS,
    SqlAsk,
    SqlColumn,
    SqlColumnRead,
    SqlState,
    SqlStatementRead,
    SqlTableRead,
)
from contracts.sql_files import FileFormat
from service_kit.errors import InvalidInput, LodgeError
from service_kit.settings import Settings, usable_processors
from warehouse.errors import NoReplica, NoRoomForCopy
from warehouse.lab.frames import Kind, Request
from warehouse.lab.runner import Runner, RunnerGone, Running
from warehouse.replica import Replica
from warehouse.snapshot import Snapshot, Snapshots
from warehouse.tables import Definition
from warehouse.views import View

log = structlog.get_logger()

USUAL_ROWS = 1_000
MOST_BYTES, MOST_EXPORTED_BYTES = 8 * 1024**2, 1024**3
MOST_WAITING, MOST_WAITING_OF_ONE = 20, 10
TRIES = 2  # a warm process that has died is replaced, and nothing of the statement ran
MOST_REMEMBERED = 200  # statements whose end can still be asked about
PREVIEW_SECONDS = 1.0
PREVIEW_FRESH_SECONDS = 60.0  # the replica's file is not copied again every few seconds because somebody types
MOST_PREVIEWED_BYTES, PREVIEW_MEMORY = 64 * 1024, 256 * 1024**2
ERRORS: dict[str, type[StatementWrong]] = {
    "NotAllowed": StatementNotAllowed,
    "TooExpensive": StatementTooExpensive,
    "Wrong": StatementWrong,
}
MISSING_COLUMN = re.compile(r'(?:Referenced column|column named) "(\w+)"')
NOT_COPIED = "Titles, descriptions and rooms are copied here only with the setting LODGE_WAREHOUSE_TEXT=on."


@dataclass
class Asked:
    """A statement and what became of it. `began` is on the monotonic clock."""

    id: str
    person_id: int
    turn: asyncio.Future[None]
    seconds: float
    state: SqlState = SqlState.WAITING
    running: Running | None = None
    began: float | None = None
    elapsed_ms: float = 0.0
    done: dict[str, int | bool] = field(default_factory=dict)
    detail: str | None = None
    is_cancelled: bool = False

    @property
    def is_over(self) -> bool:
        return self.state not in (SqlState.WAITING, SqlState.RUNNING)

    @property
    def is_waiting(self) -> bool:
        return self.state is SqlState.WAITING and not self.turn.done()

    @property
    def elapsed_so_far_ms(self) -> float:
        return 1000 * (time.monotonic() - self.began) if self.began is not None else 0.0


@dataclass(frozen=True)
class Begun:
    """A statement whose columns are known. `frames` are the parts of its answer."""

    asked: Asked
    columns: list[SqlColumn]
    as_of: datetime
    frames: AsyncIterator[bytes]


class SqlService:
    """The statements of one organisation. `at_once` of them run at once, if not one fewer than there are
    processors."""

    def __init__(
        self, settings: Settings, replica: Replica, definition: Definition, at_once: int | None = None
    ) -> None:
        self._settings = settings
        self._replica = replica
        self._definition = definition
        self._snapshots = Snapshots(replica, definition, settings.home / "warehouse" / "snapshots")
        self._runner = Runner()
        self._threads = max(1, usable_processors() - 1)
        self._free = at_once or self._threads
        self._asked: OrderedDict[str, Asked] = OrderedDict()
        self._preview: Asked | None = None  # the only one; it is not in `_asked`
        self._off: str | None = "it is starting"

    @property
    def told(self) -> str:
        """`ok`, or the end of a sentence: the lab is off, and why; or it is unconfined."""
        if self._off is not None and self._settings.sql_unconfined:
            return f"unconfined, because LODGE_SQL_UNCONFINED=yes, although {self._off}"
        return f"off: {self._off}" if self._off else "ok"

    async def open(self) -> None:
        """Tries whether statements can be confined on this machine; if not, the lab stays off."""
        found = await self._runner.find_ways_out()
        self._off = "; ".join(found) or None
        if self._off:
            log.warning("the SQL lab is off", reason=self._off)

    def close(self) -> None:
        self._runner.close()
        self._snapshots.close()

    @asynccontextmanager
    async def run(
        self, ask: SqlAsk, person_id: int, *, as_arrow: bool = False, form: FileFormat | None = None
    ) -> AsyncIterator[Begun]:
        """Waits for a free processor, runs the statement and gives its columns and the parts of its answer: rows, an
        Arrow stream, or a file. Leaving the block ends the statement's process. A preview does not wait, and ends when
        a statement waits.

        Raises the errors of `OF_A_STATEMENT`, InvalidInput, NoReplica, NoRoom.
        """
        request = self._request(ask, as_arrow=as_arrow, form=form)
        asked = Asked(ask.id or str(uuid4()), person_id, asyncio.get_running_loop().create_future(), request.seconds)
        if ask.preview:
            self._enter_preview(asked)
        else:
            self._enter(asked)
        try:
            await self._wait_for_turn(asked)
            with ExitStack() as turn:
                turn.callback(self._pass_on_turn)
                async with self._started(asked, request) as (running, snapshot):
                    # Whoever reads slowly, or not at all, keeps no place that their process needs no more.
                    running.ended.add_done_callback(lambda _: turn.close())
                    frames = self._frames(asked, running)
                    yield Begun(asked, await _columns(frames), snapshot.as_of.replace(tzinfo=UTC), frames)
        except Exception as error:
            asked.state = SqlState.CANCELLED if isinstance(error, StatementCancelled) else SqlState.FAILED
            asked.detail = _told(error)
            raise
        finally:
            asked.elapsed_ms = asked.elapsed_so_far_ms
            if not asked.is_over:
                asked.state = SqlState.CANCELLED
                if not ask.preview:  # a preview is left whenever somebody goes on typing
                    log.info("the client of a statement went away", statement=asked.id)
            if self._preview is asked:
                self._preview = None

    def schema(self) -> list[SqlTableRead]:
        """Returns the tables and views that can be asked about. Raises NoReplica."""
        definition = self._definition
        counts = self._replica.count([table.name for table in definition.tables])
        tables = [
            SqlTableRead(
                name=table.name,
                comment=table.says,
                rows=counts[table.name],
                columns=[
                    SqlColumnRead(name=column.name, type=column.type, comment=column.comment)
                    for column in definition.open_columns(table)
                ],
            )
            for table in definition.tables
        ]
        return tables + [self._view(view, counts[view.table]) for view in definition.views]

    def _view(self, view: View, rows: int) -> SqlTableRead:
        types = self._replica.types(view.name)
        columns = [
            SqlColumnRead(name=column.name, type=types[column.name], comment=column.says)
            for column in self._definition.view_columns(view)
        ]
        return SqlTableRead(name=view.name, comment=view.says, rows=rows, columns=columns)

    def read(self, id_: str, person_id: int) -> SqlStatementRead:
        """Returns how far a statement of this person is. Raises UnknownStatement."""
        asked = self._known(id_, person_id)
        waiting = self._waiting()
        return SqlStatementRead(
            id=asked.id,
            state=asked.state,
            ahead=waiting.index(asked) if asked in waiting else 0,
            elapsed_ms=asked.elapsed_ms if asked.is_over else asked.elapsed_so_far_ms,
            rows=asked.done.get("rows"),
            truncated=bool(asked.done["truncated"]) if asked.done else None,
            detail=asked.detail,
        )

    def cancel(self, id_: str, person_id: int) -> None:
        """Ends a statement of this person; nothing happens to one that is over. Raises UnknownStatement."""
        _end(self._known(id_, person_id))

    def _known(self, id_: str, person_id: int) -> Asked:
        asked = self._asked.get(id_)
        if asked is None or asked.person_id != person_id:
            raise UnknownStatement
        return asked

    def _request(self, ask: SqlAsk, *, as_arrow: bool, form: FileFormat | None) -> Request:
        is_export = as_arrow or form is not None
        if self._off is not None and not self._settings.sql_unconfined:
            raise LabOff(self._off)
        if not is_export and (ask.limit or 0) > MOST_ROWS:
            raise InvalidInput.in_field(
                "body.limit", f"must be at most {MOST_ROWS:,}; more rows come as Arrow or a file"
            )
        if is_export and ask.preview:
            raise InvalidInput.in_field("body.preview", "comes as JSON only")
        request = Request(
            sql=ask.sql,
            parameters=ask.model_dump(mode="json")["parameters"],
            rows=ask.limit or (MOST_EXPORTED_ROWS if is_export else USUAL_ROWS),
            size=MOST_EXPORTED_BYTES if is_export else MOST_BYTES,
            seconds=float(self._settings.sql_seconds),
            memory=self._settings.sql_memory_mb * 1024**2,
            threads=self._threads,
            as_arrow=as_arrow,
            form=form,
            is_confined=self._off is None,
        )
        return _as_preview(request) if ask.preview else request

    def _enter(self, asked: Asked) -> None:
        if asked.id in self._asked:
            raise StatementKnown
        waiting = self._waiting()
        own = sum(other.person_id == asked.person_id for other in waiting)
        # However many wait, somebody who has none waiting is let in: a few people cannot keep out the others.
        if own >= MOST_WAITING_OF_ONE or (own and len(waiting) >= MOST_WAITING):
            raise LabBusy(f"{len(waiting)} statements wait already, {own} of them yours. Try again in a moment.")
        self._asked[asked.id] = asked
        over = [known for known, other in self._asked.items() if other.is_over]
        for known in over[: max(0, len(self._asked) - MOST_REMEMBERED)]:
            del self._asked[known]

    def _enter_preview(self, asked: Asked) -> None:
        """Takes the place of this person's former preview, if there is one."""
        former = self._preview
        is_own = former is not None and former.person_id == asked.person_id
        if not is_own and (former is not None or not self._free):
            raise LabBusy("No processor is free for a preview.")
        self._end_preview()
        self._preview = asked

    def _end_preview(self) -> None:
        if self._preview is not None:
            _end(self._preview)

    async def _wait_for_turn(self, asked: Asked) -> None:
        if self._free:
            self._free -= 1
            asked.turn.set_result(None)
        else:
            if asked is not self._preview:
                self._end_preview()
            try:
                await asked.turn
            except asyncio.CancelledError:
                if asked.turn.done() and not asked.turn.cancelled() and asked.turn.exception() is None:
                    self._pass_on_turn()
                raise

    def _pass_on_turn(self) -> None:
        """Gives this place to the statement that is next, or else to the preview."""
        waiting = self._waiting()
        if not waiting and self._preview is not None and self._preview.is_waiting:
            waiting = [self._preview]
        if waiting:
            waiting[0].turn.set_result(None)
        else:
            self._free += 1

    def _waiting(self) -> list[Asked]:
        """Returns the statements that wait, in the order in which they will run: the people take turns, and whoever's
        last statement began longest ago is first."""
        began = defaultdict[int, float](float)
        for asked in self._asked.values():
            began[asked.person_id] = max(began[asked.person_id], asked.began or 0.0)
        rounds = Counter[int]()
        places: list[tuple[int, float, Asked]] = []
        for asked in self._asked.values():
            if asked.is_waiting:
                rounds[asked.person_id] += 1
                places.append((rounds[asked.person_id], began[asked.person_id], asked))
        return [asked for _, _, asked in sorted(places, key=lambda place: place[:2])]

    @asynccontextmanager
    async def _started(self, asked: Asked, request: Request) -> AsyncIterator[tuple[Running, Snapshot]]:
        asked.began, asked.state = time.monotonic(), SqlState.RUNNING
        snapshot = await self._snapshot(PREVIEW_FRESH_SECONDS if request.is_preview else None)
        try:
            running = asked.running = await self._forked(request, snapshot)
        finally:
            os.close(snapshot.descriptor)
        try:
            if asked.is_cancelled:
                running.kill()
            yield running, snapshot
        finally:
            await running.close()
            asked.running = None

    async def _snapshot(self, fresh_seconds: float | None) -> Snapshot:
        """Returns a snapshot, to be closed. Raises NoReplica, NoRoom."""
        opening = asyncio.create_task(asyncio.to_thread(self._snapshots.open, fresh_seconds))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_unused)  # the thread cannot be stopped
            raise
        except NoRoomForCopy:
            raise NoRoom from None

    async def _forked(self, request: Request, snapshot: Snapshot) -> Running:
        """Returns the statement with a process of its own. Raises StatementLost."""
        for _ in range(TRIES):
            with suppress(RunnerGone):
                return await self._runner.start(request, snapshot.descriptor)
        raise StatementLost

    def _error(self, told: dict[str, object]) -> StatementWrong | LabOff:
        kind, detail, line = str(told["error"]), str(told["detail"]), told.get("line")
        if kind == "CannotConfine":
            return LabOff(detail)
        missing = MISSING_COLUMN.search(detail)
        if missing and missing[1].lower() in self._definition.not_copied:
            message, end, statement = detail.partition("\n\n")  # DuckDB ends with the line of the statement
            detail = f"{message}. {NOT_COPIED}{end}{statement}"
        return ERRORS[kind](detail, line if isinstance(line, int) else None)

    async def _frames(self, asked: Asked, running: Running) -> AsyncIterator[bytes]:
        """Gives the contents of the frames: first the columns, then the parts of the answer."""
        async for kind, content in running.frames():
            if kind is Kind.ERROR:
                raise self._error(json.loads(content))
            if kind is Kind.DONE:
                asked.done = json.loads(content)
                asked.state = SqlState.DONE
                return
            yield content
        ending = await running.ended
        if asked.is_cancelled:
            raise StatementCancelled
        if ending.is_lost:
            raise StatementLost
        if ending.is_late:
            raise StatementTooExpensive(f"The statement took longer than {asked.seconds:g} seconds.")
        raise StatementTooExpensive("The statement needed more memory or processor time than a statement may.")


def _end(asked: Asked) -> None:
    """Ends a statement that runs or waits; nothing happens to one that is over."""
    asked.is_cancelled = not asked.is_over
    if asked.running is not None:
        asked.running.kill()
    elif not asked.turn.done():
        asked.turn.set_exception(StatementCancelled())


def _as_preview(request: Request) -> Request:
    """Returns the request within the smaller bounds of a preview, which no one waits for."""
    return replace(
        request,
        rows=min(request.rows, MOST_PREVIEWED_ROWS),
        size=MOST_PREVIEWED_BYTES,
        seconds=min(request.seconds, PREVIEW_SECONDS),
        memory=min(request.memory, PREVIEW_MEMORY),
        threads=1,
        is_preview=True,
    )


async def _columns(frames: AsyncIterator[bytes]) -> list[SqlColumn]:
    return [SqlColumn(**column) for column in json.loads(await anext(frames))]


def _close_unused(opening: asyncio.Task[Snapshot]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        os.close(opening.result().descriptor)


def _told(error: Exception) -> str:
    """Returns why a statement failed, for whoever asks afterwards."""
    if isinstance(error, LodgeError):
        return error.detail
    return "The replica was not ready." if isinstance(error, NoReplica) else "Something went wrong on our side."
