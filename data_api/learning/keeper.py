"""The background work of the categoriser: learns what is to be learned, and keeps the vectors of what is open."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

import structlog
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from data_api.kit.database import Database
from data_api.learning.categoriser import Categoriser
from data_api.learning.teaching import STEPS
from data_api.similar.repository import SimilarRepository
from data_api.similar.tables import YOUNG, SimilarReports
from data_api.texts.encoder import EncoderUnavailable, get_encoder
from data_api.texts.texts import text_of
from data_api.texts.vectors import centred

log = structlog.get_logger()

EVERY_SECONDS = 5.0
# A correction counts in the vote at once, and a report brings its vector along: a new model, and the vectors of what
# was imported, can wait for some rounds. Both look at much.
SELDOM = 4
# Looking for them costs with all that is open; the encoder lets requests have their turn in between.
AT_ONCE = 256


class Keeper:
    """Works for one organisation. `learns`: of several processes that serve it one learns for all; the others take up
    what it has learned."""

    def __init__(
        self, database: Database, categoriser: Categoriser, similar_reports: SimilarReports, *, learns: bool = True
    ) -> None:
        self._learns = learns
        self._engine = database.engine
        self._categoriser = categoriser
        self._similar_reports = similar_reports

    async def prepare(self) -> None:
        """Before the first request, so that it need not wait. Where that cannot be, the desk opens without."""
        steps = STEPS if self._learns else ()
        for what in (self._make_ready, *steps, self._know):
            await self._work(what)

    async def keep_learning(self) -> None:
        """Until it is cancelled."""
        for rounds in count():
            await asyncio.sleep(EVERY_SECONDS)
            for what in (self._make_ready, self._know):
                await self._work(what)
            if self._learns and rounds % SELDOM == 0:
                for what in (*STEPS, self._tidy):
                    await self._work(what)
                while await self._work(self._keep_vectors):
                    pass

    async def _work(self, what: Callable[[Session], bool | None]) -> bool:
        """Whether there is more to do."""
        try:
            return bool(await run_in_threadpool(self._in_transaction, what))
        except EncoderUnavailable:
            return False
        except SQLAlchemyError as error:
            log.warning("learning waits for the database", error=type(error).__name__)
        except Exception as error:  # a task that ended would learn nothing any more, and nobody would know
            log.error("learning begins anew", exc_info=error)
        return False

    def _in_transaction(self, what: Callable[[Session], bool | None]) -> bool | None:
        with Session(self._engine) as session, session.begin():
            return what(session)

    def _make_ready(self, _: Session) -> None:
        """Also after another database was put in this one's place."""
        self._similar_reports.look(self._engine)

    def _know(self, session: Session) -> None:
        """So that no request waits for it."""
        self._categoriser.knowledge(session)
        centred(get_encoder().encode(["What reports have in common is found with the first one."]))

    def _tidy(self, session: Session) -> None:
        if self._similar_reports.is_on:
            SimilarRepository(session).tidy(datetime.now(UTC) - YOUNG)

    def _keep_vectors(self, session: Session) -> bool:
        """Some tickets at a time that came without: imported, seeded, reopened."""
        if not self._similar_reports.is_on:
            return False
        repository = SimilarRepository(session)
        rows = repository.missing(datetime.now(UTC) - YOUNG, AT_ONCE)
        if not rows:
            return False
        vectors = centred(get_encoder().encode([text_of(row.title, row.description) for row in rows]))
        for row, vector in zip(rows, vectors, strict=True):
            repository.keep(row.id, vector)
        return len(rows) == AT_ONCE
