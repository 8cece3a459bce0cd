"""Routes of the SQL lab."""

import asyncio
import json
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from analytics_api.auth import permitted
from analytics_api.errors import DataApiAway, NoRoom, ReplicaNotReady
from analytics_api.sql.errors import OF_A_STATEMENT, StatementLost, UnknownStatement, UnknownTable
from analytics_api.sql.service import Begun, SqlService
from analytics_api.sql.summaries import SummaryService
from contracts.pages import Page
from contracts.people import Me, Permission
from contracts.sql import SqlAnswer, SqlAsk, SqlStatementRead, SqlTableRead, SqlTableSummary
from service_kit.errors import InvalidInput, LodgeError, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

ARROW = "application/vnd.apache.arrow.stream"
Answer = TypeVar("Answer")
CLIENT_LEFT = 499  # as nginx counts it; no client sees it

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
        **documented(InvalidInput, *OF_A_STATEMENT, ReplicaNotReady, NoRoom),
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

    async def answer() -> Response:
        async with AsyncExitStack() as stack:
            begun = await stack.enter_async_context(service.run(ask, me.person.id, as_arrow=as_arrow))
            if as_arrow:
                return _ArrowStream(begun, stack.pop_all())
            return Response(await _as_json(begun), media_type="application/json")

    return await unless_client_leaves(request, answer())


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


class _ArrowStream(StreamingResponse):
    """The statement ends with the response. One that fails on its way is cut off, and its state says why."""

    def __init__(self, begun: Begun, held: AsyncExitStack) -> None:
        headers = {"X-Lodge-Statement": begun.asked.id, "X-Lodge-As-Of": begun.as_of.isoformat()}
        super().__init__(begun.frames, media_type=ARROW, headers=headers)
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The answer has begun, so it cannot become an error's. It is cancelled when the service stops.
        with suppress(LodgeError, asyncio.CancelledError):
            async with self._held:
                await super().__call__(scope, receive, send)


async def unless_client_leaves(request: Request, answering: Coroutine[Any, Any, Answer]) -> Answer | Response:
    """Returns the answer. Cancels it when the client closes the connection; then nobody reads what is returned."""
    answer, leaving = asyncio.create_task(answering), asyncio.create_task(_client_leaves(request))
    try:
        await asyncio.wait({answer, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return answer.result() if answer.done() else Response(status_code=CLIENT_LEFT)
    except asyncio.CancelledError:  # the service stops
        raise StatementLost from None
    finally:
        leaving.cancel()
        answer.cancel()
        await asyncio.gather(answer, return_exceptions=True)


async def _client_leaves(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
