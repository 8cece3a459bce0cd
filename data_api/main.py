"""The data API: `uvicorn data_api.main:app`."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI, Request, Response
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from data_api.categorising.endpoints import router as categorising
from data_api.categorising.keeper import keep_learning, prepare
from data_api.database import forget_connections, get_database_url
from data_api.desk.endpoints import router as desk
from data_api.errors import ChangedMeanwhile, DatabaseUnavailable
from data_api.events.broadcaster import Broadcaster
from data_api.events.endpoints import router as events
from data_api.housekeeping import keep_house
from data_api.lists.endpoints import router as lists
from data_api.messages.endpoints import router as messages
from data_api.overview.endpoints import router as overview
from data_api.people.endpoints import router as people
from data_api.rate_limits import RateLimits
from data_api.sessions.endpoints import router as sessions
from data_api.suggestions.endpoints import router as suggestions
from data_api.tickets.endpoints import router as tickets
from service_kit.application import create_application
from service_kit.errors import answer_error
from service_kit.request_ids import request_id_of
from service_kit.settings import get_settings

log = structlog.get_logger()

DESCRIPTION = """
The ticket service of Lodge, the campus helpdesk.

Enter with `POST /sessions`, then send `Authorization: Bearer <token>`. Every error has the same envelope. A POST may
carry an `Idempotency-Key`: sent again with the same key it is done once and answered with what was made. A 2xx means
committed.
"""


OBJECTS_OF_A_REQUEST = 10_000  # a page of fifty tickets makes about so many


def _spare_the_collector() -> None:
    """A full collection stops every request. What is loaded now stays for good and need not be looked through; what a
    request leaves behind is found while it is young."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_OF_A_REQUEST, 10, 10)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings = get_settings()
    app.state.broadcaster = Broadcaster(
        get_database_url(), settings.students_may_see, forget_connections, is_bounded=settings.rate_limits
    )
    app.state.broadcaster.start()
    await prepare()
    _spare_the_collector()
    kept_going = [asyncio.create_task(keep_house()), asyncio.create_task(keep_learning())]
    yield
    for task in kept_going:
        task.cancel()
    app.state.broadcaster.stop()
    forget_connections()


def _note(what: str, request: Request, error: Exception) -> None:
    """Postgres's own words may hold people's: its code and the constraint's name tell enough."""
    cause = getattr(error, "orig", None)
    constraint = getattr(getattr(cause, "diag", None), "constraint_name", None)
    log.warning(
        what,
        error=type(cause or error).__name__,
        code=getattr(cause, "sqlstate", None),
        constraint=constraint,
        request_id=request_id_of(request.scope),
    )


def _unavailable(request: Request, error: Exception) -> Response:
    _note("database unavailable", request, error)
    return answer_error(request, DatabaseUnavailable())


def _changed_meanwhile(request: Request, error: Exception) -> Response:
    _note("changed meanwhile", request, error)
    return answer_error(request, ChangedMeanwhile())


app = create_application(get_settings(), title="Lodge data API", description=DESCRIPTION, lifespan=lifespan)
app.state.rate_limits = RateLimits(is_on=get_settings().rate_limits)
for unavailable in (OperationalError, InterfaceError, PoolTimeout):
    app.add_exception_handler(unavailable, _unavailable)
app.add_exception_handler(IntegrityError, _changed_meanwhile)
for router in (desk, sessions, people, suggestions, tickets, messages, lists, categorising, overview, events):
    app.include_router(router)
