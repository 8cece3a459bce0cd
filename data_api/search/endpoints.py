"""The route of the search."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from contracts.search import SearchPage, SearchQuery
from data_api.access.actor import ActorDep
from data_api.access.rate_limits import Limited, TooManyRequests, limited
from data_api.kit.database import DatabaseDep, SessionDep
from data_api.kit.settings import SettingsDep
from data_api.search.repository import SearchRepository
from data_api.search.service import SearchService
from data_api.tickets.repository import TicketRepository
from service_kit.errors import InvalidInput, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(
    prefix="/search",
    tags=["search"],
    route_class=Route,
    responses=documented(NotSignedIn, InvalidInput, TooManyRequests),
)


async def _service(session: SessionDep, actor: ActorDep, settings: SettingsDep, database: DatabaseDep) -> SearchService:
    search = SearchRepository(session, database)
    return SearchService(actor, search, TicketRepository(session), settings.reopen_days)


ServiceDep = Annotated[SearchService, Depends(_service, scope="function")]


@router.get("", dependencies=[Depends(limited(Limited.SEARCH))])
def search(query: Annotated[SearchQuery, Query()], service: ServiceDep) -> SearchPage:
    """Tickets this person may read, found by words in titles, texts, public messages, tags, the names of requester and
    assignee, by number, and for staff by internal notes. The best come first, with the words marked."""
    return service.page(query)
