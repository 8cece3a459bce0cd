"""Writes once a minute which tokens were used, for all of them in one statement."""

import asyncio

import structlog
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from data_api.access.token_uses import TokenUses
from data_api.kit.database import Database
from data_api.sessions.repository import SessionRepository

log = structlog.get_logger()

EVERY_SECONDS = 60.0


async def write_uses_regularly(database: Database, uses: TokenUses) -> None:
    """Runs until it is cancelled. What cannot be written is left out: the next use will be."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        if not (ids := uses.take()):
            continue
        try:
            await run_in_threadpool(_write, database, ids)
        except SQLAlchemyError as error:
            log.warning("uses of tokens were not written", error=type(error).__name__)


def _write(database: Database, session_ids: list[int]) -> None:
    with Session(database.autocommit) as session:
        SessionRepository(session).note_uses(session_ids)
