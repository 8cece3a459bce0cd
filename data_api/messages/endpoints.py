"""The routes of messages."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from contracts.messages import MessageCreate, MessageQuery, MessageRead, Seen
from contracts.pages import Page
from data_api.access.actor import ActorDep
from data_api.access.idempotency import IdempotencyKeyReused, OnceDep
from data_api.access.rate_limits import Limited, TooManyRequests, changes, limited
from data_api.files.repository import check_how_many
from data_api.kit.database import SessionDep
from data_api.kit.settings import SettingsDep
from data_api.mentions.dependencies import MentionServiceDep
from data_api.messages.repository import MessageRepository
from data_api.messages.service import MessageService
from data_api.tickets.endpoints import ReactionsDep, TicketId
from data_api.tickets.errors import TicketAlreadyClosed, TicketNotFound
from data_api.tickets.repository import TicketRepository
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(
    prefix="/tickets/{ticket_id}",
    tags=["messages"],
    route_class=Route,
    responses=documented(NotSignedIn, TicketNotFound, InvalidInput),
)


async def _service(
    session: SessionDep, actor: ActorDep, reactions: ReactionsDep, mentions: MentionServiceDep
) -> MessageService:
    return MessageService(actor, MessageRepository(session), TicketRepository(session), reactions, mentions)


ServiceDep = Annotated[MessageService, Depends(_service, scope="function")]


@router.get("/messages")
def list_messages(
    ticket_id: TicketId, query: Annotated[MessageQuery, Query()], service: ServiceDep
) -> Page[MessageRead]:
    """The messages of a ticket, oldest first unless asked otherwise. Internal notes are for staff only."""
    return service.thread(ticket_id, query)


@router.post(
    "/messages",
    status_code=201,
    dependencies=[Depends(limited(Limited.MESSAGE))],
    responses=documented(NotPermitted, TicketAlreadyClosed, TooManyRequests, IdempotencyKeyReused),
)
def say(
    ticket_id: TicketId, message: MessageCreate, service: ServiceDep, once: OnceDep, settings: SettingsDep
) -> MessageRead:
    """Write a message, or leave an internal note. `attachments` are files that were uploaded before;
    `mentions` are people who may read it."""
    check_how_many(message.attachments, settings.attachments_a_message)
    return once(lambda: service.say(ticket_id, message), lambda said: service.said(ticket_id, said))


@router.put("/read", status_code=204, dependencies=[changes], responses=documented(TooManyRequests))
def mark_read(ticket_id: TicketId, seen: Annotated[Seen, Query()], service: ServiceDep) -> None:
    """Mark a ticket's messages as seen: up to the one named, or all of them."""
    service.mark_read(ticket_id, seen.message)
