"""The routes of exports."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from contracts.export import ExportColumns, ExportQuery
from data_api.access.actor import ActorDep
from data_api.access.rate_limits import Limited, TooManyRequests, address_of, limited
from data_api.export.dependencies import ExportsDep
from data_api.export.errors import ExportGoesOn, TooManyExports
from data_api.kit.streams import Streamed
from service_kit.errors import InvalidInput, NotSignedIn, documented
from service_kit.routing import Route

# Neither the database nor a browser has to hold anything for longer.
LONGEST_SECONDS = 60 * 60

router = APIRouter(
    prefix="/tickets/export", tags=["tickets"], route_class=Route, responses=documented(NotSignedIn, InvalidInput)
)
GIVES_A_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get(
    "",
    response_class=Response,
    dependencies=[Depends(limited(Limited.EXPORT))],
    responses=documented(TooManyRequests, ExportGoesOn, TooManyExports) | GIVES_A_FILE,
)
async def export_tickets(
    query: Annotated[ExportQuery, Query()], actor: ActorDep, exports: ExportsDep, request: Request
) -> Response:
    """All tickets that the list finds for this person, in its order, as a file that is made while it is sent. It shows
    them as they were at one moment. If it cannot be finished, the connection breaks off."""
    opened = partial(
        exports.opened, exports.wanted(actor, query), address_of(request) if actor.is_shared else actor.person_id
    )
    return Streamed(request, opened, exports.threads, longest_seconds=LONGEST_SECONDS)


@router.get("/columns")
def list_columns(actor: ActorDep, exports: ExportsDep) -> ExportColumns:
    """The columns that this person may choose from, in their usual order."""
    return exports.offer(actor)
