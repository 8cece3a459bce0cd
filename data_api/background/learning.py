"""Learns from new examples, and computes the vectors that tickets still lack to be found as similar reports."""

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
from data_api.learning.steps import LEARNING_STEPS
from data_api.similar.repository import SimilarRepository
from data_api.similar.tables import MAX_AGE, SimilarReports
from data_api.texts.encoder import EncoderUnavailable, get_encoder
from data_api.texts.texts import text_of
from data_api.texts.vectors import centred

log = structlog.get_logger()

EVERY_SECONDS = 5.0
# A correction counts in the vote at once, and a new report is stored with its vector: a new model, and the vectors of
# imported tickets, can wait. To look for either reads many rows.
ROUNDS_BETWEEN_MODELS = 4
# To find the tickets without a vector reads all open ones, however few are wanted. While a batch is encoded, requests
# get their turn: the encoder sees to that.
TICKETS_AT_ONCE = 256


class BackgroundLearning:
    """Of one organisation. `learns`: of several processes that serve it one learns for all; the others take up what it
    has learned."""

    def __init__(
        self, database: Database, categoriser: Categoriser, similar_reports: SimilarReports, *, learns: bool = True
    ) -> None:
        self._learns = learns
        self._engine = database.engine
        self._categoriser = categoriser
        self._similar_reports = similar_reports

    async def prepare(self) -> None:
        """Before the first request, so that none waits for it. What fails here is tried again later: the desk opens all
        the same."""
        learning_steps = LEARNING_STEPS if self._learns else ()
        for step in (self._look_for_pgvector, *learning_steps, self._refresh_knowledge):
            await self._work(step)

    async def keep_learning(self) -> None:
        """Until it is cancelled."""
        for rounds in count():
            await asyncio.sleep(EVERY_SECONDS)
            for step in (self._look_for_pgvector, self._refresh_knowledge):
                await self._work(step)
            if self._learns and rounds % ROUNDS_BETWEEN_MODELS == 0:
                for step in (*LEARNING_STEPS, self._delete_unneeded_vectors):
                    await self._work(step)
                while await self._work(self._add_missing_vectors):
                    pass

    async def _work(self, step: Callable[[Session], bool | None]) -> bool:
        """Whether there is more to do."""
        try:
            return bool(await run_in_threadpool(self._in_transaction, step))
        except EncoderUnavailable:
            return False
        except SQLAlchemyError as error:
            log.warning("learning waits for the database", error=type(error).__name__)
        except Exception as error:  # a task that ended would learn nothing any more, and nobody would know
            log.error("a learning step failed and is tried again", exc_info=error)
        return False

    def _in_transaction(self, step: Callable[[Session], bool | None]) -> bool | None:
        with Session(self._engine) as session, session.begin():
            return step(session)

    def _look_for_pgvector(self, _: Session) -> None:
        """Again and again: it may be installed, or another database restored, while the desk runs."""
        self._similar_reports.look(self._engine)

    def _refresh_knowledge(self, session: Session) -> None:
        """What a request would have to load otherwise."""
        self._categoriser.knowledge(session)
        centred(get_encoder().encode(["What reports have in common is found with the first one."]))

    def _delete_unneeded_vectors(self, session: Session) -> None:
        if self._similar_reports.is_on:
            SimilarRepository(session).delete_unneeded(datetime.now(UTC) - MAX_AGE)

    def _add_missing_vectors(self, session: Session) -> bool:
        """Of some tickets that have none: imported, seeded, reopened ones. Whether there may be more."""
        if not self._similar_reports.is_on:
            return False
        repository = SimilarRepository(session)
        rows = repository.missing(datetime.now(UTC) - MAX_AGE, TICKETS_AT_ONCE)
        if not rows:
            return False
        vectors = centred(get_encoder().encode([text_of(row.title, row.description) for row in rows]))
        for row, vector in zip(rows, vectors, strict=True):
            repository.keep(row.id, vector)
        return len(rows) == TICKETS_AT_ONCE
