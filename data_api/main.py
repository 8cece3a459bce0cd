"""The data API: `uvicorn data_api.main:app`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from data_api.database import AT_ONCE, dispose_engines, get_database_url
from data_api.desk.endpoints import router as desk
from data_api.errors import ChangedMeanwhile, DatabaseUnavailable
from data_api.events.broadcaster import Broadcaster
from data_api.events.endpoints import router as events
from data_api.lists.endpoints import router as lists
from data_api.messages.endpoints import router as messages
from data_api.overview.endpoints import router as overview
from data_api.people.endpoints import router as people
from data_api.sessions.endpoints import router as sessions
from data_api.tickets.endpoints import router as tickets
from service_kit.application import create_application
from service_kit.errors import answer_error
from service_kit.settings import get_settings

DESCRIPTION = """
The ticket service of Lodge, the campus helpdesk.

Enter with `POST /sessions`, then send `Authorization: Bearer <token>`. Every error has the same envelope. A POST may
carry an `Idempotency-Key`: sent again with the same key it is done once and answered the same. A 2xx means committed.
"""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.database_turns = asyncio.Semaphore(AT_ONCE)
    app.state.broadcaster = Broadcaster(get_database_url(), get_settings().students_may_see)
    app.state.broadcaster.start()
    yield
    app.state.broadcaster.stop()
    dispose_engines()


def _unavailable(request: Request, error: Exception) -> Response:
    return answer_error(request, DatabaseUnavailable())


def _changed_meanwhile(request: Request, error: Exception) -> Response:
    return answer_error(request, ChangedMeanwhile())


app = create_application(get_settings(), title="Lodge data API", description=DESCRIPTION, lifespan=lifespan)
for unavailable in (OperationalError, InterfaceError, PoolTimeout):
    app.add_exception_handler(unavailable, _unavailable)
app.add_exception_handler(IntegrityError, _changed_meanwhile)
for router in (desk, sessions, people, tickets, messages, lists, overview, events):
    app.include_router(router)
