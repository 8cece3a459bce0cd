"""Carries work out that is too long for a request, beside the requests: one step after the other, each in its own
transaction."""

import asyncio
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import NamedTuple

import structlog
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from data_api.bulk.repository import still_worked_on
from data_api.kit.database import Database
from data_api.models import BulkChange, TagChange
from service_kit.errors import LodgeError

log = structlog.get_logger()

# A ticket stays locked until its step is done, so a step is short.
TICKETS_AT_ONCE = 25
# Between two steps nothing is done for as long as the step took, times this: requests come first. On a machine that is
# busy with other things, longer rests would help nobody.
REST = 0.6
LONGEST_REST_SECONDS = 0.05
MOST_FAILURES = 8
PAUSE_SECONDS = 0.2
# A request that waits for the end of a change keeps its place among those that use the database. This part of the
# places may be kept so; whoever finds them taken is answered at once.
PLACES_TO_WAIT = 1 / 4
# How often it is noted on what this process works, also what waits for its turn. What is not noted for several
# times as long has stopped (`states.py`).
NOTED_EVERY_SECONDS = 4.0

# Makes one step of the work with this id, of up to so many tickets. Returns whether there are more.
Step = Callable[[Session, int, int], bool]


class Work(NamedTuple):
    """What is carried out: the row that says how far it has come. `tickets_at_once`: how many a step takes, if that is
    not the usual number."""

    table: type[BulkChange] | type[TagChange]
    id: int
    tickets_at_once: int | None = None


@dataclass
class _Run:
    """`step`: of whoever has asked last that it go on. The token of somebody who asked before may have ended."""

    step: Step
    task: asyncio.Task[None] = field(init=False)


class BulkRuns:
    """The work that this process carries out. One step is made at a time, for all of it in turns."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = asyncio.Semaphore(1)
        self._runs: dict[Work, _Run] = {}
        self._noting: asyncio.Task[None] | None = None
        self._is_stopping = False
        self._waiting, self._most_waiting = 0, max(1, int(database.most_at_once * PLACES_TO_WAIT))

    async def carry_out(self, work: Work, step: Step, wait_seconds: float) -> None:
        """Goes on with the work, and waits so long for its end, unless very many wait already. It goes on
        afterwards."""
        run = self._runs.get(work)
        if run is None:
            run = self._begin(work, step)
            await run_in_threadpool(self._note_once, [work])  # it may have to wait for its turn
        run.step = step
        if wait_seconds and self._waiting < self._most_waiting:
            self._waiting += 1
            try:
                await asyncio.wait({run.task}, timeout=wait_seconds)
            finally:
                self._waiting -= 1

    async def stop(self) -> None:
        """Waits for the steps that are being made. What is not finished can be continued later."""
        self._is_stopping = True
        if self._noting is not None:
            self._noting.cancel()
        if self._runs:
            await asyncio.wait({run.task for run in self._runs.values()})

    def _begin(self, work: Work, step: Step) -> _Run:
        run = self._runs[work] = _Run(step)
        run.task = asyncio.create_task(self._make_steps(work, run))
        if self._noting is None or self._noting.done():
            self._noting = asyncio.create_task(self._note())
        return run

    async def _make_steps(self, work: Work, run: _Run) -> None:
        try:
            await self._until_done(work, run)
        finally:
            del self._runs[work]

    async def _until_done(self, work: Work, run: _Run) -> None:
        at_once = work.tickets_at_once or TICKETS_AT_ONCE
        most, failures, has_more = at_once, 0, True
        which = {"table": work.table.__tablename__, "id": work.id}
        while has_more and not self._is_stopping:
            async with self._turn:
                began, step = time.monotonic(), run.step
                try:
                    has_more = await run_in_threadpool(self._in_transaction, step, work.id, most)
                except OperationalError as error:
                    failures += 1
                    if failures > MOST_FAILURES:
                        log.warning("work in steps stops", **which, error=type(error).__name__)
                        return
                    most = max(1, most // 4)
                except LodgeError as error:  # the person signed out, or may not do this any more
                    if run.step is not step:
                        continue  # but has signed in again meanwhile, and asked that it go on
                    log.info("work in steps stops", **which, error=type(error).__name__)
                    return
                except Exception as error:  # without this nobody would learn of it
                    log.error("work in steps stops", **which, exc_info=error)
                    return
                else:
                    failures, most = 0, min(at_once, most * 2)
                took = time.monotonic() - began
            await asyncio.sleep(PAUSE_SECONDS if failures else min(LONGEST_REST_SECONDS, took * REST))

    async def _note(self) -> None:
        while self._runs:
            await asyncio.sleep(NOTED_EVERY_SECONDS)
            try:
                await run_in_threadpool(self._note_once, list(self._runs))
            except SQLAlchemyError as error:
                log.warning("what work goes on is not noted", error=type(error).__name__)

    def _note_once(self, works: Collection[Work]) -> None:
        with self._database.autocommit.connect() as connection:
            for table in {work.table for work in works}:
                ids = [work.id for work in works if work.table is table]
                connection.execute(still_worked_on(table), {"ids": ids})

    def _in_transaction(self, step: Step, work_id: int, most: int) -> bool:
        with Session(self._database.engine, autoflush=False, expire_on_commit=False) as session, session.begin():
            return step(session, work_id, most)
