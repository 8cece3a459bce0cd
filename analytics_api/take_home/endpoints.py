"""The route that gives the replica as a file."""

import asyncio
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse
from fastapi.security import HTTPAuthorizationCredentials
from starlette.types import Receive, Scope, Send

from analytics_api.auth import bearer, has_desk_key, permitted
from analytics_api.errors import DataApiAway, NoRoom, ReplicaNotReady, SnapshotBusy
from analytics_api.take_home.service import TakeHomeService
from contracts.people import Permission
from contracts.take_home import AS_OF_HEADER, SnapshotFormat
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route
from warehouse.take_home import TakenHome

LONGEST_SECONDS = 1800.0
DUCKDB, ZIP = "application/vnd.duckdb", "application/zip"

router = APIRouter(route_class=Route, tags=["replica"])
_runs_sql = permitted(Permission.SQL_RUN)


async def _may_take_home(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> None:
    """Lets in who may run SQL, and the `lodge` command."""
    if not has_desk_key(request, credentials):
        await _runs_sql(request, credentials)


_may_take_home.permissions = (Permission.SQL_RUN,)  # type: ignore[attr-defined]


async def _service(request: Request) -> TakeHomeService:
    service: TakeHomeService = request.app.state.organisation.take_home
    return service


class _UntilSent(FileResponse):
    """A file that is deleted when it is sent, or when its client does not take it within LONGEST_SECONDS."""

    def __init__(self, taken: TakenHome, held: AbstractContextManager[object], media_type: str) -> None:
        as_of = taken.as_of.replace(tzinfo=UTC)
        name = f"lodge-{as_of:%Y-%m-%dT%H-%M-%SZ}{taken.file.suffix}"
        super().__init__(taken.file, media_type=media_type, filename=name, headers={AS_OF_HEADER: as_of.isoformat()})
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._held:
            async with asyncio.timeout(LONGEST_SECONDS):
                await super().__call__(scope, receive, send)


@router.get(
    "/snapshot",
    dependencies=[Depends(_may_take_home)],
    response_class=FileResponse,
    responses={
        **documented(NotSignedIn, NotPermitted, InvalidInput, SnapshotBusy, ReplicaNotReady, DataApiAway, NoRoom),
        200: {"content": {DUCKDB: {}, ZIP: {}}, "description": "The file."},
    },
)
def take_home(
    service: Annotated[TakeHomeService, Depends(_service)], format: SnapshotFormat = SnapshotFormat.DUCKDB
) -> FileResponse:
    """Everything that the replica holds, as one DuckDB file or as a zip with one Parquet file for each table.

    The header `X-Lodge-As-Of` has the moment that the file reflects. One file is written and sent at a time.
    """
    with ExitStack() as stack:
        taken = stack.enter_context(service.written(format))
        return _UntilSent(taken, stack.pop_all(), DUCKDB if format is SnapshotFormat.DUCKDB else ZIP)
