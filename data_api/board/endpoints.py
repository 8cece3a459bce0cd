"""The routes of the board. A card is moved by changing its ticket's stage: `PATCH /tickets/{ticket_id}`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from contracts.base import Slug
from contracts.board import BoardColumn, BoardQuery, BoardRead, ColumnQuery
from data_api.access.actor import ActorDep
from data_api.access.rate_limits import Limited, TooManyRequests, count_one
from data_api.board.repository import BoardRepository
from data_api.board.service import BoardService
from data_api.kit.database import SessionDep
from data_api.kit.settings import SettingsDep
from data_api.lists.errors import NotInList
from data_api.tickets.dependencies import TicketListsDep
from service_kit.errors import InvalidInput, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(
    prefix="/board",
    tags=["board"],
    route_class=Route,
    responses=documented(NotSignedIn, InvalidInput, TooManyRequests),
)


async def _service(session: SessionDep, actor: ActorDep, settings: SettingsDep, lists: TicketListsDep) -> BoardService:
    return BoardService(actor, BoardRepository(session), lists, settings.reopen_days)


ServiceDep = Annotated[BoardService, Depends(_service, scope="function")]


@router.get("")
def read_board(
    query: Annotated[BoardQuery, Query()], service: ServiceDep, actor: ActorDep, request: Request
) -> BoardRead:
    """The stages in order, each with its first tickets that this person may read, and how many there are."""
    if query.q:
        count_one(Limited.SEARCH, request, actor)
    return service.board(query)


@router.get("/{slug}", responses=documented(NotInList))
def read_column(
    slug: Annotated[Slug, Path()],
    query: Annotated[ColumnQuery, Query()],
    service: ServiceDep,
    actor: ActorDep,
    request: Request,
) -> BoardColumn:
    """One column of the board. With the `cursor` of an earlier answer, what comes after its tickets."""
    if query.q:
        count_one(Limited.SEARCH, request, actor)
    return service.column(slug, query)
