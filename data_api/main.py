"""The data API: `uvicorn --factory data_api.main:app_from_environment`."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import structlog
from fastapi import FastAPI, Request, Response
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.middleware import Middleware

from data_api.assignment.endpoints import router as assignment
from data_api.attachments.endpoints import is_upload
from data_api.attachments.endpoints import router as attachments
from data_api.background.cleanup import clean_up_regularly
from data_api.background.learning import BackgroundLearning
from data_api.background.timers import stop_timers
from data_api.background.token_uses import write_uses_regularly
from data_api.board.endpoints import router as board
from data_api.buildings.endpoints import router as buildings
from data_api.bulk.endpoints import router as bulk
from data_api.canned_replies.endpoints import router as canned_replies
from data_api.categories.endpoints import router as categories
from data_api.desk.endpoints import router as desk
from data_api.events.endpoints import router as events
from data_api.export.endpoints import router as export
from data_api.invitations.endpoints import router as invitations
from data_api.kit.database import PRODUCT_LIMITS, TimeLimits
from data_api.kit.disk import RoomForChanges
from data_api.kit.errors import ChangedMeanwhile, DatabaseUnavailable
from data_api.learning.endpoints import router as categorising
from data_api.links.endpoints import router as links
from data_api.links.endpoints import titles
from data_api.mentions.endpoints import router as mentions
from data_api.messages.endpoints import router as messages
from data_api.metrics import DataApiMetrics
from data_api.oidc.endpoints import router as oidc
from data_api.organisation import Organisation
from data_api.overview.endpoints import router as overview
from data_api.people.endpoints import router as people
from data_api.queries.endpoints import router as queries
from data_api.reactions import reactions
from data_api.readers.endpoints import router as readers
from data_api.roles.endpoints import router as roles
from data_api.search.endpoints import router as search
from data_api.sessions.endpoints import router as sessions
from data_api.stages.endpoints import router as stages
from data_api.suggestions.endpoints import reasons
from data_api.suggestions.endpoints import router as suggestions
from data_api.tags.endpoints import router as tags
from data_api.teams.endpoints import router as teams
from data_api.tickets.endpoints import router as tickets
from data_api.time_tracking.endpoints import of_others as time_of_others
from data_api.time_tracking.endpoints import router as time_tracking
from data_api.tokens.endpoints import router as tokens
from data_api.views.endpoints import router as views
from service_kit.application import create_application
from service_kit.disk import means_full_disk
from service_kit.errors import DiskFull, answer_error
from service_kit.logs import configure_logs
from service_kit.metrics_files import count_together, metrics_folder
from service_kit.request_ids import request_id_of
from service_kit.settings import Settings

log = structlog.get_logger()

DESCRIPTION = """
The ticket service of Lodge, the campus helpdesk.

Sign in with `POST /sessions`, then send `Authorization: Bearer <token>`. Every error has the same envelope. A POST may
carry an `Idempotency-Key`: sent again with the same key it is done once and answered with what was made. A 2xx means
committed.
"""

ROUTERS = (
    # `titles`, `bulk` and `export` before `tickets`, which would take their names for a number.
    *(desk, sessions, oidc, invitations, tokens, people, teams, roles, suggestions, reasons),
    *(titles, bulk, export, tickets),
    *(readers, links, assignment, messages, attachments, search, categories, buildings, stages, board, categorising),
    *(overview, queries, views, events, tags, mentions, time_tracking, time_of_others, canned_replies),
)

# A sign-in writes one short row, and without it only those who are signed in could read. Suggestions write nothing.
ACCEPTED_ON_A_FULL_DISK = frozenset(
    {
        *("/sessions", "/sessions/hand-off", "/sessions/redeem", "/sessions/current", "/tickets/suggestions"),
        *("/sessions/oidc/begin", "/sessions/oidc/finish", "/sessions/oidc/end"),
    }
)

# 5,000 people, with addresses.
LARGER_BODIES = {"/people/import": 2 * 1024 * 1024}

OBJECTS_OF_A_REQUEST = 10_000  # a page of fifty tickets allocates about this many


def _spare_the_collector() -> None:
    """Makes garbage collections short, because a full collection stops every request. What is loaded by now stays for
    good, so it is frozen and never scanned again. With the higher threshold, what a request leaves behind is freed by a
    collection of the youngest generation."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_OF_A_REQUEST, 10, 10)


def _note(what: str, request: Request, error: Exception) -> None:
    """Logs the error with its SQLSTATE and constraint name only: Postgres's message may contain what people wrote."""
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
    return answer_error(request, DiskFull() if means_full_disk(error) else DatabaseUnavailable())


def _changed_meanwhile(request: Request, error: Exception) -> Response:
    _note("changed meanwhile", request, error)
    return answer_error(request, ChangedMeanwhile())


def create_app(
    settings: Settings,
    limits: TimeLimits = PRODUCT_LIMITS,
    *,
    metrics: DataApiMetrics | None = None,
    when_ready: Callable[[], None] = lambda: None,
) -> FastAPI:
    """Creates the data API of one organisation. `when_ready` is called before its first request, when everything that
    it needs is loaded. Without `metrics` it counts for itself alone.

    Raises RuntimeError where the settings name no database.
    """
    organisation = Organisation(settings, limits)
    metrics = metrics or DataApiMetrics(settings.home)
    metrics.watch(organisation.database, organisation.broadcaster)
    app = create_application(
        settings,
        title="Lodge data API",
        description=DESCRIPTION,
        routers=ROUTERS,
        metrics=metrics,
        larger_bodies=LARGER_BODIES,
        is_streamed=is_upload,
        middleware=[Middleware(RoomForChanges, disk=organisation.disk, accepted_paths=ACCEPTED_ON_A_FULL_DISK)],
        lifespan=partial(_running, organisation, metrics, when_ready),
    )
    app.state.organisation = organisation
    app.state.reactions = partial(
        reactions, organisation.categoriser, organisation.similar_reports, settings.campus_zone
    )
    _answer_database_errors(app)
    return app


def _answer_database_errors(app: FastAPI) -> None:
    for unavailable in (OperationalError, InterfaceError, PoolTimeout):
        app.add_exception_handler(unavailable, _unavailable)
    app.add_exception_handler(IntegrityError, _changed_meanwhile)


@asynccontextmanager
async def _running(
    organisation: Organisation, metrics: DataApiMetrics, when_ready: Callable[[], None], _: FastAPI
) -> AsyncIterator[None]:
    """The life of the application: live events and background work go on while the block runs."""
    # Only worker 1 does the background work, for all workers. Like every worker, it is started again when it ends.
    works_in_background = organisation.settings.worker in (None, 1)
    learning = BackgroundLearning(
        organisation.database,
        organisation.categoriser,
        organisation.similar_reports,
        organisation.disk,
        learns=works_in_background,
        count_run=metrics.count_run,
    )
    organisation.broadcaster.start()
    await learning.prepare()
    when_ready()
    kept_going = [
        asyncio.create_task(learning.keep_learning()),
        asyncio.create_task(metrics.keep_noting()),
        asyncio.create_task(write_uses_regularly(organisation.database, organisation.token_uses)),
    ]
    if works_in_background:
        settings = organisation.settings
        stop = partial(stop_timers, organisation.database, settings.campus_zone, settings.longest_timer)
        cleaning = clean_up_regularly(organisation.database, organisation.sweep_files, stop, metrics.count_run)
        kept_going.append(asyncio.create_task(cleaning))
    yield
    for task in kept_going:
        task.cancel()
    await organisation.bulk_runs.stop()
    organisation.broadcaster.stop()
    organisation.database.forget_connections()


def app_from_environment() -> FastAPI:
    """Creates the app with the environment's settings, for a process that serves nothing else: this also configures the
    process's logs, garbage collector and, if several workers share its port, where they count together."""
    settings = Settings()
    configure_logs(settings.log_level)
    shared = metrics_folder(settings.home) if settings.worker else None
    if settings.worker:
        count_together(settings.home, settings.worker)
    metrics = DataApiMetrics(settings.home, shared if shared and shared.is_dir() else None)
    return create_app(settings, metrics=metrics, when_ready=_spare_the_collector)
