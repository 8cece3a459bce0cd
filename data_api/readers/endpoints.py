"""The routes that tell who may read a ticket, and that add and remove followers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from contracts.base import MAX_ID
from contracts.pages import Page, PageQuery
from contracts.people import Permission, PersonBrief
from contracts.tickets import ReaderRead
from data_api.access.actor import ActorDep, permitted
from data_api.access.rate_limits import TooManyRequests, changes
from data_api.kit.database import SessionDep
from data_api.kit.settings import SettingsDep
from data_api.lists.lookups import Lookups
from data_api.readers.repository import ReaderRepository
from data_api.readers.service import ReaderService
from data_api.tickets.endpoints import TicketId
from data_api.tickets.errors import TicketNotFound
from data_api.tickets.repository import TicketRepository
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(tags=["tickets"], route_class=Route, responses=documented(NotSignedIn, NotPermitted, InvalidInput))
PersonId = Annotated[int, Path(ge=1, le=MAX_ID)]


async def _service(session: SessionDep, actor: ActorDep, settings: SettingsDep) -> ReaderService:
    readers = ReaderRepository(session, settings.ways_in)
    return ReaderService(actor, readers, TicketRepository(session), Lookups(session))


ServiceDep = Annotated[ReaderService, Depends(_service, scope="function")]


@router.get("/confidential-readers", dependencies=[Depends(permitted(Permission.TICKETS_REPORT))])
def list_confidential_readers(query: Annotated[PageQuery, Query()], service: ServiceDep) -> Page[PersonBrief]:
    """The people who may read every confidential ticket: whoever reports one can see before who reads it."""
    return service.of_everything(query)


@router.get("/tickets/{ticket_id}/readers", responses=documented(TicketNotFound))
def list_readers(ticket_id: TicketId, query: Annotated[PageQuery, Query()], service: ServiceDep) -> Page[ReaderRead]:
    """The people who are named on a ticket (requester, assignee and followers), and if it is confidential, those who
    may read every confidential ticket. For a ticket that is not confidential: for staff and its requester."""
    return service.of_ticket(ticket_id, query)


@router.put(
    "/tickets/{ticket_id}/followers/{person_id}",
    status_code=204,
    dependencies=[changes],
    responses=documented(TicketNotFound, TooManyRequests),
)
def add_follower(ticket_id: TicketId, person_id: PersonId, service: ServiceDep) -> None:
    """Make somebody a follower, who may then read the ticket even if it is confidential. For staff."""
    service.add_follower(ticket_id, person_id)


@router.delete(
    "/tickets/{ticket_id}/followers/{person_id}",
    status_code=204,
    dependencies=[changes],
    responses=documented(TicketNotFound, TooManyRequests),
)
def remove_follower(ticket_id: TicketId, person_id: PersonId, service: ServiceDep) -> None:
    """End that somebody follows a ticket. For staff."""
    service.remove_follower(ticket_id, person_id)
