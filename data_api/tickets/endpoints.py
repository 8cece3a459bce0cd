"""The routes of tickets."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy.orm import Session

from contracts.base import MAX_ID
from contracts.pages import CountedPage, Page
from contracts.people import Permission
from contracts.tickets import (
    HistoryQuery,
    StatusChange,
    TakeBack,
    TicketCreate,
    TicketEventRead,
    TicketQuery,
    TicketRead,
    TicketUpdate,
)
from data_api.access.actor import ActorDep, permitted
from data_api.access.idempotency import IdempotencyKeyReused, OnceDep
from data_api.access.rate_limits import Limited, TooManyRequests, changes, count_one, limited
from data_api.files.repository import check_how_many
from data_api.kit.database import SessionDep
from data_api.kit.errors import ChangedMeanwhile, StaleVersion
from data_api.kit.settings import SettingsDep
from data_api.lists.errors import CategoryGoing
from data_api.lists.lookups import Lookups
from data_api.tickets.dependencies import TicketListsDep
from data_api.tickets.errors import (
    NoSuchChange,
    TextNotKept,
    TicketAlreadyClosed,
    TicketBlocked,
    TicketNotFound,
    TransitionRefused,
)
from data_api.tickets.reactions import Reactions
from data_api.tickets.repository import TicketRepository
from data_api.tickets.service import TicketService
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(
    prefix="/tickets", tags=["tickets"], route_class=Route, responses=documented(NotSignedIn, InvalidInput)
)
TicketId = Annotated[int, Path(ge=1, le=MAX_ID)]
EventId = Annotated[int, Path(ge=1, le=MAX_ID)]


async def _reactions(request: Request, session: SessionDep) -> Reactions:
    """Returns the reactions for this request. The application creates them, because only it knows all packages that
    react."""
    begin: Callable[[Session], Reactions] = request.app.state.reactions
    return begin(session)


ReactionsDep = Annotated[Reactions, Depends(_reactions, scope="function")]


async def _service(
    session: SessionDep, actor: ActorDep, settings: SettingsDep, lists: TicketListsDep, reactions: ReactionsDep
) -> TicketService:
    return TicketService(actor, TicketRepository(session), lists, Lookups(session), reactions, settings.reopen_days)


ServiceDep = Annotated[TicketService, Depends(_service, scope="function")]


@router.post(
    "",
    status_code=201,
    dependencies=[Depends(permitted(Permission.TICKETS_REPORT)), Depends(limited(Limited.REPORT))],
    responses=documented(NotPermitted, TooManyRequests, IdempotencyKeyReused),
)
def report_ticket(
    report: TicketCreate, service: ServiceDep, once: OnceDep, settings: SettingsDep, response: Response
) -> TicketRead:
    """Report a problem. `attachments` are files that were uploaded before."""
    check_how_many(report.attachments, settings.attachments_a_message)
    ticket = once(lambda: service.report(report), service.read)
    response.headers["Location"] = f"/tickets/{ticket.id}"
    return ticket


@router.get("", responses=documented(TooManyRequests))
def list_tickets(
    query: Annotated[TicketQuery, Query()], service: ServiceDep, actor: ActorDep, request: Request
) -> CountedPage[TicketRead]:
    """The tickets this person may read, filtered, sorted and paged."""
    if query.q:
        count_one(Limited.SEARCH, request, actor)
    return service.page(query)


@router.get("/{ticket_id}", responses=documented(TicketNotFound))
def read_ticket(ticket_id: TicketId, service: ServiceDep) -> TicketRead:
    return service.read(ticket_id)


@router.patch(
    "/{ticket_id}",
    dependencies=[changes],
    responses=documented(
        TicketNotFound,
        NotPermitted,
        StaleVersion,
        TicketAlreadyClosed,
        TransitionRefused,
        TicketBlocked,
        CategoryGoing,
        ChangedMeanwhile,
        TooManyRequests,
    ),
)
def update_ticket(ticket_id: TicketId, change: TicketUpdate, service: ServiceDep) -> TicketRead:
    """Change some fields. `version` is the version that the client saw; the change is refused if it is not the present
    one."""
    return service.update(ticket_id, change)


@router.delete(
    "/{ticket_id}",
    status_code=204,
    dependencies=[changes],
    responses=documented(TicketNotFound, NotPermitted, ChangedMeanwhile, TooManyRequests),
)
def delete_ticket(ticket_id: TicketId, service: ServiceDep) -> None:
    """Delete a ticket. For administrators only; the change feed keeps who deleted which ticket, and when."""
    service.delete(ticket_id)


@router.post(
    "/{ticket_id}/status",
    dependencies=[changes],
    responses=documented(
        TicketNotFound,
        NotPermitted,
        StaleVersion,
        TransitionRefused,
        TicketBlocked,
        CategoryGoing,
        TooManyRequests,
        IdempotencyKeyReused,
    ),
)
def change_status(ticket_id: TicketId, change: StatusChange, service: ServiceDep, once: OnceDep) -> TicketRead:
    """Move a ticket from open to active to closed, or reopen it. With `starts_work`, staff close an open ticket in one
    step: the history says that it became active, and that it was closed. Staff who close a ticket that waits for others
    say so with `despite_blockers`."""
    return once(lambda: service.change_status(ticket_id, change), service.read, known=ticket_id)


@router.get("/{ticket_id}/history", responses=documented(TicketNotFound))
def read_history(
    ticket_id: TicketId, query: Annotated[HistoryQuery, Query()], service: ServiceDep
) -> Page[TicketEventRead]:
    """What happened to a ticket, oldest first unless asked otherwise. Former titles and descriptions are for staff, the
    requester and whoever changed them."""
    return service.history(ticket_id, query)


@router.post(
    "/{ticket_id}/history/{event_id}/take-back",
    dependencies=[changes],
    responses=documented(
        TicketNotFound,
        NoSuchChange,
        NotPermitted,
        StaleVersion,
        TextNotKept,
        TicketAlreadyClosed,
        TooManyRequests,
        IdempotencyKeyReused,
    ),
)
def take_back_change(
    ticket_id: TicketId, event_id: EventId, seen: TakeBack, service: ServiceDep, once: OnceDep
) -> TicketRead:
    """Put back the title or description that the ticket had before that change. For staff and the requester."""
    return once(lambda: service.take_back(ticket_id, event_id, seen.version), service.read, known=ticket_id)


@router.post(
    "/{ticket_id}/history/{event_id}/blank",
    dependencies=[changes],
    responses=documented(
        TicketNotFound, NoSuchChange, NotPermitted, TextNotKept, TooManyRequests, IdempotencyKeyReused
    ),
)
def blank_former_text(ticket_id: TicketId, event_id: EventId, service: ServiceDep, once: OnceDep) -> TicketEventRead:
    """Remove a former title or description for good: the one that this change in the ticket's history has replaced. The
    line of the change stays, and says who removed the text. For staff."""
    return once(lambda: service.blank(ticket_id, event_id), lambda blanked: service.event(ticket_id, blanked))


@router.put(
    "/{ticket_id}/follow",
    status_code=204,
    dependencies=[changes],
    responses=documented(TicketNotFound, TooManyRequests),
)
def follow_ticket(ticket_id: TicketId, service: ServiceDep) -> None:
    service.follow(ticket_id)


@router.delete(
    "/{ticket_id}/follow",
    status_code=204,
    dependencies=[changes],
    responses=documented(TicketNotFound, TooManyRequests),
)
def unfollow_ticket(ticket_id: TicketId, service: ServiceDep) -> None:
    service.unfollow(ticket_id)
