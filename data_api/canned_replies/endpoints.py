"""The routes of canned replies."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from contracts.base import MAX_ID
from contracts.canned_replies import (
    CannedReplyCreate,
    CannedReplyQuery,
    CannedReplyRead,
    CannedReplyUpdate,
    OfferedReply,
    OfferQuery,
    SimilarAnswer,
)
from contracts.pages import Page
from contracts.people import Permission
from data_api.access.actor import ActorDep, permitted
from data_api.access.idempotency import IdempotencyKeyReused, OnceDep
from data_api.access.rate_limits import Limited, TooManyRequests, changes, count_one
from data_api.canned_replies.answer_repository import AnswerRepository
from data_api.canned_replies.answers import AnswerService
from data_api.canned_replies.errors import CannedReplyNotFound, ShortcutTaken, TooManyReplies
from data_api.canned_replies.repository import CannedReplyRepository
from data_api.canned_replies.service import CannedReplyService
from data_api.kit.database import SessionDep
from data_api.kit.errors import StaleVersion
from data_api.tickets.endpoints import TicketId
from data_api.tickets.errors import TicketNotFound
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(
    tags=["canned replies"],
    route_class=Route,
    responses=documented(NotSignedIn, NotPermitted, InvalidInput, TooManyRequests),
)
reads = Depends(permitted(Permission.TICKETS_WORK, Permission.TEAMS_MANAGE))
works = Depends(permitted(Permission.TICKETS_WORK))
manages = Depends(permitted(Permission.TEAMS_MANAGE))
ReplyId = Annotated[int, Path(ge=1, le=MAX_ID)]


async def _service(session: SessionDep, actor: ActorDep) -> CannedReplyService:
    return CannedReplyService(actor, CannedReplyRepository(session))


async def _answers(session: SessionDep, actor: ActorDep) -> AnswerService:
    return AnswerService(actor, CannedReplyRepository(session), AnswerRepository(session))


ServiceDep = Annotated[CannedReplyService, Depends(_service, scope="function")]
AnswersDep = Annotated[AnswerService, Depends(_answers, scope="function")]


@router.get("/canned-replies", dependencies=[reads])
def list_canned_replies(
    query: Annotated[CannedReplyQuery, Query()], service: ServiceDep, actor: ActorDep, request: Request
) -> Page[CannedReplyRead]:
    """All canned replies, by title, with how often each was used."""
    if query.q:
        count_one(Limited.SEARCH, request, actor)
    return service.page(query)


@router.post(
    "/canned-replies",
    status_code=201,
    dependencies=[manages, changes],
    responses=documented(ShortcutTaken, TooManyReplies, IdempotencyKeyReused),
)
def add_canned_reply(new: CannedReplyCreate, service: ServiceDep, once: OnceDep) -> CannedReplyRead:
    return once(lambda: service.add(new), service.read)


@router.get("/canned-replies/{reply_id}", dependencies=[reads], responses=documented(CannedReplyNotFound))
def read_canned_reply(reply_id: ReplyId, service: ServiceDep) -> CannedReplyRead:
    return service.read(reply_id)


@router.patch(
    "/canned-replies/{reply_id}",
    dependencies=[manages, changes],
    responses=documented(CannedReplyNotFound, StaleVersion, ShortcutTaken),
)
def change_canned_reply(reply_id: ReplyId, change: CannedReplyUpdate, service: ServiceDep) -> CannedReplyRead:
    """Change a reply, archive it, or take it out of the archive."""
    return service.change(reply_id, change)


@router.delete(
    "/canned-replies/{reply_id}",
    status_code=204,
    dependencies=[manages, changes],
    responses=documented(CannedReplyNotFound),
)
def delete_canned_reply(reply_id: ReplyId, service: ServiceDep) -> None:
    """Delete a reply and the count of its uses. Messages that were sent with it stay."""
    service.delete(reply_id)


@router.get("/tickets/{ticket_id}/canned-replies", dependencies=[works], responses=documented(TicketNotFound))
def offer_canned_replies(
    ticket_id: TicketId,
    query: Annotated[OfferQuery, Query()],
    service: ServiceDep,
    actor: ActorDep,
    request: Request,
) -> Page[OfferedReply]:
    """The replies for everybody, for the ticket's team and for mine, filled in for this ticket, the best fitting first.
    There is only one page."""
    if query.q:
        count_one(Limited.SEARCH, request, actor)
    return Page[OfferedReply](items=service.offered(ticket_id, query), next_cursor=None)


@router.get("/tickets/{ticket_id}/similar-answers", dependencies=[works], responses=documented(TicketNotFound))
def offer_similar_answers(
    ticket_id: TicketId, service: AnswersDep, actor: ActorDep, request: Request
) -> Page[SimilarAnswer]:
    """What staff last wrote to the requesters of up to five similar closed tickets that I may read and that are not
    confidential. There is only one page."""
    count_one(Limited.SEARCH, request, actor)
    return Page[SimilarAnswer](items=service.similar(ticket_id), next_cursor=None)
