"""The analytics API: `uvicorn analytics_api.main:app`, one worker: its process holds the replica's file."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response

from analytics_api.analyses.endpoints import router as analyses
from analytics_api.analyses.service import AnalysisService
from analytics_api.auth import People
from analytics_api.errors import ReplicaNotReady
from analytics_api.replica.endpoints import router as replica_routes
from analytics_api.replica.service import ReplicaService
from service_kit.application import create_application
from service_kit.errors import answer_error
from service_kit.settings import get_settings
from warehouse.catalogue import read_catalogue
from warehouse.errors import NoReplica
from warehouse.follow import Follower
from warehouse.replica import Replica
from warehouse.tables import Definition

DESCRIPTION = """
The numbers of Lodge, the campus helpdesk, from a replica that follows its database live.

Send the data API's token as `Authorization: Bearer <token>`; the role must have `analyses:read`. Every answer says of
which moment it is (`as_of`). Every error has the same envelope as the data API's.
"""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings = get_settings()
    if settings.database_url is None:
        raise RuntimeError("LODGE_DATABASE_URL is not set; `lodge up` sets it for the services it starts")
    read_catalogue()  # a file that is not as it must be is told now, not when somebody asks first
    replica = Replica(settings.home / "warehouse")
    replica.open()
    definition = Definition(settings.timezone, with_text=settings.warehouse_text)
    follower = Follower(settings.database_url, definition, replica)
    follower.start()
    app.state.people = People(settings.data_api_url)
    app.state.follower = follower
    app.state.analyses = AnalysisService(replica, follower)
    app.state.replica_service = ReplicaService(replica, follower)
    yield
    await app.state.people.close()
    follower.stop()
    replica.close()


def _not_ready(request: Request, _: Exception) -> Response:
    follower: Follower = request.app.state.follower
    return answer_error(request, ReplicaNotReady(follower.told))


app = create_application(get_settings(), title="Lodge analytics API", description=DESCRIPTION, lifespan=lifespan)
app.add_exception_handler(NoReplica, _not_ready)
for router in (analyses, replica_routes):
    app.include_router(router)
