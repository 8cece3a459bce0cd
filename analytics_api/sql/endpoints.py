"""Routes of the SQL lab."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from analytics_api.auth import permitted
from analytics_api.errors import DataApiAway, ReplicaNotReady
from analytics_api.sql.errors import (
    LabBusy,
    LabOff,
    StatementCancelled,
    StatementKnown,
    StatementNotAllowed,
    StatementTooExpensive,
    StatementWrong,
    UnknownStatement,
    UnknownTable,
)
from analytics_api.sql.service import Begun, SqlService
from analytics_api.sql.summaries import SummaryService
from contracts.pages import Page
from contracts.people import Me, Permission
from contracts.sql import SqlAnswer, SqlAsk, SqlStatementRead, SqlTableRead, SqlTableSummary
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

ARROW = "application/vnd.apache.arrow.stream"
LOOKS_FOR_CLIENT_SECONDS = 0.2

runs_sql = permitted(Permission.SQL_RUN)

router = APIRouter(
    prefix="/sql",
    tags=["SQL lab"],
    route_class=Route,
    dependencies=[Depends(runs_sql)],
    responses=documented(NotSignedIn, NotPermitted, DataApiAway),
)


async def _service(request: Request) -> SqlService:
    service: SqlService = request.app.state.organisation.sql
    return service


async def _summaries(request: Request) -> SummaryService:
    service: SummaryService = request.app.state.organisation.summaries
    return service


ServiceDep = Annotated[SqlService, Depends(_service)]
SummariesDep = Annotated[SummaryService, Depends(_summaries)]
PersonDep = Annotated[Me, Depends(runs_sql)]


@router.post(
    "",
    response_model=SqlAnswer,
    responses={
        **documented(
            InvalidInput,
            StatementWrong,
            StatementNotAllowed,
            StatementTooExpensive,
            StatementCancelled,
            StatementKnown,
            LabBusy,
            LabOff,
            ReplicaNotReady,
        ),
        200: {"content": {ARROW: {}}, "description": "JSON, or an Arrow stream where `Accept` asks for one."},
    },
)
async def run_statement(ask: SqlAsk, request: Request, service: ServiceDep, me: PersonDep) -> Response:
    """Runs one query on a snapshot of the replica that is at most five seconds old.

    It is ended at the time limit, by `DELETE /sql/{id}`, and when the client closes the connection. A preview is
    ended by other statements too, and is not known under its id. An Arrow stream
    that fails on its way is cut off; `GET /sql/{id}` says why, and whether rows are missing.
    """
    as_arrow = ARROW in request.headers.get("accept", "")
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(_ended_with(request))
        begun = await stack.enter_async_context(service.run(ask, me.person.id, as_arrow=as_arrow))
        if not as_arrow:
            return Response(await _as_json(begun), media_type="application/json")
        headers = {"X-Lodge-Statement": begun.asked.id, "X-Lodge-As-Of": begun.as_of.isoformat()}
        return StreamingResponse(_until_closed(begun, stack.pop_all()), media_type=ARROW, headers=headers)


@router.get("/schema", responses=documented(ReplicaNotReady))
def read_schema(service: ServiceDep) -> Page[SqlTableRead]:
    """The tables that can be asked about, with their columns and what these say."""
    return Page[SqlTableRead](items=service.schema(), next_cursor=None)


@router.get("/schema/{table}", responses=documented(UnknownTable, ReplicaNotReady))
def read_summary(table: str, summaries: SummariesDep) -> SqlTableSummary:
    """What the columns of a table or view hold, as of at most a minute ago: missing and distinct values, range, and how
    the values are spread."""
    return summaries.read(table)


@router.get("/{id}", responses=documented(UnknownStatement))
async def read_statement(id: str, service: ServiceDep, me: PersonDep) -> SqlStatementRead:
    """How far one of your own statements is."""
    return service.read(id, me.person.id)


@router.delete("/{id}", status_code=204, responses=documented(UnknownStatement))
async def cancel_statement(id: str, service: ServiceDep, me: PersonDep) -> None:
    """Ends one of your own statements; nothing happens to one that is over."""
    service.cancel(id, me.person.id)


async def _as_json(begun: Begun) -> bytes:
    parts = [part async for part in begun.frames]
    # The rows are JSON already, and larger than everything else.
    beside = {
        "id": begun.asked.id,
        "columns": [column.model_dump() for column in begun.columns],
        "truncated": bool(begun.asked.done["truncated"]),
        "elapsed_ms": round(begun.asked.elapsed_so_far_ms, 1),
        "as_of": begun.as_of.isoformat(),
    }
    return json.dumps(beside).encode()[:-1] + b', "rows": [' + b",".join(parts) + b"]}"


async def _until_closed(begun: Begun, stack: AsyncExitStack) -> AsyncIterator[bytes]:
    async with stack:
        async for part in begun.frames:
            yield part


@asynccontextmanager
async def _ended_with(request: Request) -> AsyncIterator[None]:
    """Cancels the block when the client closes the connection."""
    task = asyncio.current_task()
    assert task is not None

    async def watch() -> None:
        while not await request.is_disconnected():
            await asyncio.sleep(LOOKS_FOR_CLIENT_SECONDS)
        task.cancel()

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
