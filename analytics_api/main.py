"""The analytics API: `uvicorn --factory analytics_api.main:app_from_environment`, with one worker, because only one
process can open the replica's file."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response
from starlette.middleware import Middleware

from analytics_api.access_ends import EndsWithAccess
from analytics_api.analyses.endpoints import router as analyses
from analytics_api.analyses.service import FRESH_SECONDS
from analytics_api.errors import ReplicaNotReady
from analytics_api.organisation import Organisation
from analytics_api.replica.endpoints import router as replica_routes
from analytics_api.sql.endpoints import router as sql
from analytics_api.sql.file_endpoints import router as sql_files
from analytics_api.take_home.endpoints import router as take_home
from service_kit.application import create_application
from service_kit.errors import answer_error
from service_kit.logs import configure_logs
from service_kit.settings import Settings
from warehouse.catalogue import FOLDER
from warehouse.errors import NoReplica

DESCRIPTION = """
The numbers of Lodge, the campus helpdesk, from a replica that follows its database live.

Send the data API's token as `Authorization: Bearer <token>`; the role must have `analyses:read`. Every answer says of
which moment it is (`as_of`). Every error has the same envelope as the data API's.
"""


def _not_ready(request: Request, _: Exception) -> Response:
    organisation: Organisation = request.app.state.organisation
    return answer_error(request, ReplicaNotReady(organisation.follower.told))


def create_app(
    settings: Settings,
    *,
    fresh_seconds: float = FRESH_SECONDS,
    analyses_folder: Path = FOLDER,
    statements_at_once: int | None = None,
) -> FastAPI:
    """Creates one organisation's analytics API. Raises RuntimeError if the settings name no database."""
    organisation = Organisation(settings, fresh_seconds, analyses_folder, statements_at_once)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        organisation.replica.open()
        organisation.follower.start()
        await organisation.sql.open()
        yield
        organisation.sql_files.close()
        organisation.sql.close()
        await organisation.people.close()
        organisation.follower.stop()
        organisation.replica.close()

    routers = (analyses, sql_files, sql, take_home, replica_routes)
    app = create_application(
        settings,
        title="Lodge analytics API",
        description=DESCRIPTION,
        routers=routers,
        metrics=organisation.metrics,
        middleware=[Middleware(EndsWithAccess)],
        lifespan=lifespan,
    )
    app.state.organisation = organisation
    app.add_exception_handler(NoReplica, _not_ready)
    return app


def app_from_environment() -> FastAPI:
    """Creates the API from the environment's settings, and sets up the logs of the process, which must serve nothing
    else."""
    settings = Settings()
    configure_logs(settings.log_level)
    return create_app(settings)
