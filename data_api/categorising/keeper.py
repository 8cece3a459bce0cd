"""The background work of the categoriser: learns what is to be learned, and keeps the vectors of what is open."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

import structlog
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from data_api.categorising.categoriser import get_categoriser
from data_api.categorising.encoder import EncoderUnavailable, get_encoder
from data_api.categorising.teaching import STEPS
from data_api.categorising.texts import text_of
from data_api.database import get_engine
from data_api.similar.repository import SimilarRepository
from data_api.similar.tables import YOUNG, is_on, make_tables
from data_api.similar.vectors import centred

log = structlog.get_logger()

EVERY_SECONDS = 5.0
# A correction counts in the vote at once, and a report brings its vector along: a new model, and the vectors of what
# was imported, can wait for some rounds. Both look at much.
SELDOM = 4
# Looking for them costs with all that is open; the encoder lets requests have their turn in between.
AT_ONCE = 256


async def prepare() -> None:
    """Before the first request, so that it need not wait. Where that cannot be, the desk opens without."""
    for what in (_make_ready, *STEPS, _know):
        await _work(what)


async def keep_learning() -> None:
    """Until it is cancelled."""
    for rounds in count():
        await asyncio.sleep(EVERY_SECONDS)
        for what in (_make_ready, _know):
            await _work(what)
        if rounds % SELDOM == 0:
            for what in (*STEPS, _tidy):
                await _work(what)
            while await _work(_keep_vectors):
                pass


async def _work(what: Callable[[Session], bool | None]) -> bool:
    """Whether there is more to do."""
    try:
        return bool(await run_in_threadpool(_in_transaction, what))
    except EncoderUnavailable:
        return False
    except SQLAlchemyError as error:
        log.warning("learning waits for the database", error=type(error).__name__)
    except Exception as error:  # a task that ended would learn nothing any more, and nobody would know
        log.error("learning begins anew", exc_info=error)
    return False


def _in_transaction(what: Callable[[Session], bool | None]) -> bool | None:
    with Session(get_engine()) as session, session.begin():
        return what(session)


def _make_ready(_: Session) -> None:
    """Also after another database was put in this one's place."""
    make_tables(get_engine())


def _know(session: Session) -> None:
    """So that no request waits for it."""
    get_categoriser().knowledge(session)
    centred(get_encoder().encode(["What reports have in common is found with the first one."]))


def _tidy(session: Session) -> None:
    if is_on():
        SimilarRepository(session).tidy(datetime.now(UTC) - YOUNG)


def _keep_vectors(session: Session) -> bool:
    """Some tickets at a time that came without: imported, seeded, reopened."""
    if not is_on():
        return False
    repository = SimilarRepository(session)
    rows = repository.missing(datetime.now(UTC) - YOUNG, AT_ONCE)
    if not rows:
        return False
    vectors = centred(get_encoder().encode([text_of(row.title, row.description) for row in rows]))
    for row, vector in zip(rows, vectors, strict=True):
        repository.keep(row.id, vector)
    return len(rows) == AT_ONCE
