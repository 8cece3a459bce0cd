"""Learns from new examples, and computes the missing vectors of tickets that are to be found as similar reports."""

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
from data_api.texts.starting_texts import vague_vectors
from data_api.texts.texts import text_of
from data_api.texts.vectors import centred
from service_kit.disk import Disk

log = structlog.get_logger()

EVERY_SECONDS = 5.0
# New models and missing vectors are looked for in every fourth round only, because that reads many rows. Both can wait:
# a correction counts in the vote at once, and a new report is stored with its vector.
ROUNDS_BETWEEN_MODELS = 4
# Large batches, because finding the tickets without a vector reads all open tickets, however few are wanted. While a
# batch is encoded, the encoder lets requests take their turn.
TICKETS_AT_ONCE = 256


class BackgroundLearning:
    """The background learning of one organisation. If several processes serve the organisation, the one with `learns`
    learns for all of them, and the others load what it has learned. `count_run` is told what came of each step."""

    def __init__(
        self,
        database: Database,
        categoriser: Categoriser,
        similar_reports: SimilarReports,
        disk: Disk,
        *,
        learns: bool = True,
        count_run: Callable[[str, str], None] = lambda _, __: None,
    ) -> None:
        self._count_run = count_run
        self._learns = learns
        self._disk = disk
        self._engine = database.engine
        self._categoriser = categoriser
        self._similar_reports = similar_reports

    async def prepare(self) -> None:
        """Runs before the first request, so that no request has to wait for it. A step that fails here is tried again
        later; the service starts all the same."""
        learning_steps = LEARNING_STEPS if self._learns else ()
        for step in (self._look_for_pgvector, *learning_steps, self._refresh_knowledge):
            await self._work(step)

    async def keep_learning(self) -> None:
        """Runs all steps again and again, until it is cancelled."""
        for rounds in count():
            await asyncio.sleep(EVERY_SECONDS)
            for step in (self._look_for_pgvector, self._refresh_knowledge):
                await self._work(step)
            if self._learns and self._disk.has_room and rounds % ROUNDS_BETWEEN_MODELS == 0:
                for step in (*LEARNING_STEPS, self._delete_unneeded_vectors):
                    await self._work(step)
                while await self._work(self._add_missing_vectors):
                    pass

    async def _work(self, step: Callable[[Session], bool | None]) -> bool:
        """Runs a step in its own transaction. Returns whether there is more to do; False if the step failed."""
        outcome = "failed"
        try:
            has_more = bool(await run_in_threadpool(self._in_transaction, step))
            outcome = "done"
            return has_more
        except EncoderUnavailable:
            outcome = "waiting"
        except SQLAlchemyError as error:
            outcome = "waiting"
            log.warning("learning waits for the database", error=type(error).__name__)
        except Exception as error:  # without this the task would end, and nobody would notice
            log.error("a learning step failed and is tried again", exc_info=error)
        finally:
            self._count_run(getattr(step, "__name__", "step").strip("_"), outcome)
        return False

    def _in_transaction(self, step: Callable[[Session], bool | None]) -> bool | None:
        with Session(self._engine) as session, session.begin():
            return step(session)

    def _look_for_pgvector(self, _: Session) -> None:
        """Runs again and again, because pgvector may be installed, or another database restored, while the service
        runs."""
        self._similar_reports.look(self._engine)

    def _refresh_knowledge(self, session: Session) -> None:
        """Loads what the next request would otherwise have to load."""
        self._categoriser.knowledge(session)
        centred(get_encoder().encode(["What reports have in common is found with the first one."]))
        vague_vectors()

    def _delete_unneeded_vectors(self, session: Session) -> None:
        if self._similar_reports.is_on:
            SimilarRepository(session).delete_unneeded(datetime.now(UTC) - MAX_AGE)

    def _add_missing_vectors(self, session: Session) -> bool:
        """Adds the vectors of some tickets that have none, such as imported, seeded or reopened ones. Returns whether
        there may be more."""
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
