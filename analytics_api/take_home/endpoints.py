"""The route that gives the replica as a file."""

import asyncio
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC
from typing import Annotated

import structlog
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

# A client must take the file within this time, and a second more for each SLOWEST_BYTES of it: 2 Mbit/s.
LEAST_SECONDS, SLOWEST_BYTES = 60.0, 250_000
DUCKDB, ZIP = "application/vnd.duckdb", "application/zip"

log = structlog.get_logger()

router = APIRouter(route_class=Route, tags=["replica"])
_runs_sql = permitted(Permission.SQL_RUN)


async def _who_takes_home(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> int | None:
    """Lets in who may run SQL, and the `lodge` command, which is None."""
    return None if has_desk_key(request, credentials) else (await _runs_sql(request, credentials)).person.id


_who_takes_home.permissions = (Permission.SQL_RUN,)  # type: ignore[attr-defined]


async def _service(request: Request) -> TakeHomeService:
    service: TakeHomeService = request.app.state.organisation.take_home
    return service


class _UntilSent(FileResponse):
    """A file that is deleted when it is sent, or when its client does not take it in time."""

    def __init__(self, taken: TakenHome, held: AbstractContextManager[object], media_type: str) -> None:
        as_of = taken.as_of.replace(tzinfo=UTC)
        name = f"lodge-{as_of:%Y-%m-%dT%H-%M-%SZ}{taken.file.suffix}"
        super().__init__(taken.file, media_type=media_type, filename=name, headers={AS_OF_HEADER: as_of.isoformat()})
        self._held = held
        self._seconds = LEAST_SECONDS + taken.file.stat().st_size / SLOWEST_BYTES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._held:
            try:
                async with asyncio.timeout(self._seconds):
                    await super().__call__(scope, receive, send)
            except TimeoutError:  # the connection is closed, because its answer is not complete
                log.warning("a snapshot was not taken in time", seconds=round(self._seconds))


@router.get(
    "/snapshot",
    response_class=FileResponse,
    responses={
        **documented(NotSignedIn, NotPermitted, InvalidInput, SnapshotBusy, ReplicaNotReady, DataApiAway, NoRoom),
        200: {"content": {DUCKDB: {}, ZIP: {}}, "description": "The file."},
    },
)
def take_home(
    service: Annotated[TakeHomeService, Depends(_service)],
    person_id: Annotated[int | None, Depends(_who_takes_home)],
    format: SnapshotFormat = SnapshotFormat.DUCKDB,
) -> FileResponse:
    """Everything that the replica holds, as one DuckDB file or as a zip with one Parquet file for each table.

    The header `X-Lodge-As-Of` has the moment that the file reflects. One file is written at a time, and each person has
    one at a time. A client that takes less than 2 Mbit/s is cut off after a minute.
    """
    with ExitStack() as stack:
        taken = stack.enter_context(service.written(format, person_id))
        return _UntilSent(taken, stack.pop_all(), DUCKDB if format is SnapshotFormat.DUCKDB else ZIP)
