"""The routes of mentions."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from contracts.mentions import MentionableQuery, MentionCheck, MentionCheckRead, MentionQuery, MentionRead
from contracts.pages import Page
from contracts.people import PersonBrief
from data_api.access.actor import ActorDep
from data_api.access.rate_limits import Limited, TooManyRequests, changes, count_one
from data_api.mentions.dependencies import MentionServiceDep
from data_api.tickets.endpoints import TicketId
from data_api.tickets.errors import TicketNotFound
from service_kit.errors import InvalidInput, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(tags=["mentions"], route_class=Route, responses=documented(NotSignedIn, InvalidInput))


@router.get("/me/mentions")
def list_mentions(query: Annotated[MentionQuery, Query()], service: MentionServiceDep) -> Page[MentionRead]:
    """The messages that mention me and that I may read now, the latest first."""
    return service.page(query)


@router.get("/tickets/{ticket_id}/mentionable", responses=documented(TicketNotFound, TooManyRequests))
def list_mentionable(
    ticket_id: TicketId,
    query: Annotated[MentionableQuery, Query()],
    service: MentionServiceDep,
    actor: ActorDep,
    request: Request,
) -> Page[PersonBrief]:
    """People whom I can mention in a message of this ticket: those who may read it. There is only one page."""
    if query.q:
        count_one(Limited.SEARCH, request, actor)
    return Page[PersonBrief](items=service.offered(ticket_id, query), next_cursor=None)


@router.post("/tickets/{ticket_id}/mentions/check", responses=documented(TicketNotFound, TooManyRequests))
def check_mentions(
    ticket_id: TicketId, wanted: MentionCheck, service: MentionServiceDep, actor: ActorDep, request: Request
) -> MentionCheckRead:
    """Whom a message would mention, and which names in it with @ mention nobody. Nothing is stored."""
    count_one(Limited.SEARCH, request, actor)
    return service.check(ticket_id, wanted)


@router.put(
    "/tickets/{ticket_id}/mentions/seen",
    status_code=204,
    dependencies=[changes],
    responses=documented(TicketNotFound, TooManyRequests),
)
def see_mentions(ticket_id: TicketId, service: MentionServiceDep) -> None:
    """Mark my mentions in this ticket as seen, as opening it on its page does."""
    service.see(ticket_id)
