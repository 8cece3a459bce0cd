"""The routes of links between tickets."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from contracts.links import Link, LinkedTicket, LinkRead, TicketNumbers
from contracts.pages import Page
from data_api.access.actor import ActorDep
from data_api.access.idempotency import IdempotencyKeyReused, OnceDep
from data_api.access.rate_limits import TooManyRequests, changes
from data_api.kit.database import SessionDep
from data_api.links.errors import CircularLink, LinkNotFound, TooManyLinks
from data_api.links.repository import LinkRepository
from data_api.links.service import LinkService
from data_api.tickets.endpoints import ReactionsDep, TicketId
from data_api.tickets.errors import TicketNotFound
from data_api.tickets.repository import TicketRepository
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

# Comes before the routes of one ticket, which would take its name for a number.
titles = APIRouter(tags=["tickets"], route_class=Route, responses=documented(NotSignedIn, InvalidInput))
router = APIRouter(
    prefix="/tickets/{ticket_id}/links",
    tags=["tickets"],
    route_class=Route,
    responses=documented(NotSignedIn, InvalidInput, TicketNotFound),
)


async def _service(session: SessionDep, actor: ActorDep, reactions: ReactionsDep) -> LinkService:
    return LinkService(actor, LinkRepository(session), TicketRepository(session), reactions)


ServiceDep = Annotated[LinkService, Depends(_service, scope="function")]


@titles.get("/tickets/titles")
def list_titles(asked: Annotated[TicketNumbers, Query()], service: ServiceDep) -> Page[LinkedTicket]:
    """Title and status of the tickets with these numbers that I may read, to make links of numbers in a text. There is
    only one page."""
    return Page[LinkedTicket](items=service.titles(asked.id), next_cursor=None)


@router.get("")
def list_links(ticket_id: TicketId, service: ServiceDep) -> Page[LinkRead]:
    """What the ticket relates to, duplicates, blocks and is blocked by, of the tickets that this person may read, the
    latest first. A ticket has at most 100 links, so they are one page."""
    return service.of_ticket(ticket_id)


@router.post(
    "",
    status_code=201,
    dependencies=[changes],
    responses=documented(
        *(NotPermitted, LinkNotFound, CircularLink, TooManyLinks, TooManyRequests, IdempotencyKeyReused)
    ),
)
def add_link(ticket_id: TicketId, link: Link, service: ServiceDep, once: OnceDep) -> LinkRead:
    """Link the ticket to another one; both show it, and tell it in their histories. For staff, who may read both."""
    return once(
        lambda: service.add(ticket_id, link), lambda _: service.read(ticket_id, link), lambda added: added.ticket.id
    )


@router.delete(
    "",
    status_code=204,
    dependencies=[changes],
    responses=documented(NotPermitted, TooManyRequests),
)
def remove_link(ticket_id: TicketId, link: Link, service: ServiceDep) -> None:
    """Remove a link, seen from either of its tickets; nothing happens if there is none. For staff, who may read
    both."""
    service.remove(ticket_id, link)
