"""The routes of tickets."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from contracts.base import MAX_ID
from contracts.categorising import CategoryReasonRead
from contracts.pages import CountedPage, Page, PageQuery
from contracts.people import Permission
from contracts.tickets import StatusChange, TicketCreate, TicketEventRead, TicketQuery, TicketRead, TicketUpdate
from data_api.auth import ActorDep, permitted
from data_api.categorising.categoriser import get_categoriser
from data_api.database import SessionDep
from data_api.errors import CategoryGoing, StaleVersion
from data_api.idempotency import IdempotencyKeyReused, Idempotent, IdempotentRoute
from data_api.lookups import Lookups
from data_api.rate_limits import Limited, TooManyRequests, changes, check_limit, limited
from data_api.tickets.errors import TicketAlreadyClosed, TicketNotFound, TransitionRefused
from data_api.tickets.list_repository import TicketListRepository
from data_api.tickets.repository import TicketRepository
from data_api.tickets.service import TicketService
from data_api.tickets.understanding import Understanding
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.settings import get_settings

router = APIRouter(
    prefix="/tickets", tags=["tickets"], route_class=IdempotentRoute, responses=documented(NotSignedIn, InvalidInput)
)
TicketId = Annotated[int, Path(ge=1, le=MAX_ID)]


def repository(session: SessionDep) -> TicketRepository:
    return TicketRepository(session, get_settings().students_may_see)


async def _service(session: SessionDep, actor: ActorDep) -> TicketService:
    settings = get_settings()
    lists = TicketListRepository(session, settings.students_may_see, settings.campus_zone)
    understanding = Understanding(session, actor, get_categoriser())
    return TicketService(actor, repository(session), lists, Lookups(session), understanding, settings.reopen_days)


ServiceDep = Annotated[TicketService, Depends(_service, scope="function")]


@router.post(
    "",
    status_code=201,
    dependencies=[Depends(permitted(Permission.TICKETS_REPORT)), Depends(limited(Limited.REPORT)), Idempotent],
    responses=documented(NotPermitted, TooManyRequests, IdempotencyKeyReused),
)
def report_ticket(report: TicketCreate, service: ServiceDep, response: Response) -> TicketRead:
    """Report a problem."""
    ticket = service.report(report)
    response.headers["Location"] = f"/tickets/{ticket.id}"
    return ticket


@router.get("", responses=documented(TooManyRequests))
def list_tickets(
    query: Annotated[TicketQuery, Query()], service: ServiceDep, actor: ActorDep
) -> CountedPage[TicketRead]:
    """The tickets this person may read, filtered, sorted and paged."""
    if query.q:
        check_limit(Limited.SEARCH, str(actor.session_id))
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
        CategoryGoing,
        TooManyRequests,
    ),
)
def update_ticket(ticket_id: TicketId, change: TicketUpdate, service: ServiceDep) -> TicketRead:
    """Change some fields; the version that was seen comes along."""
    return service.update(ticket_id, change)


@router.delete(
    "/{ticket_id}",
    status_code=204,
    dependencies=[changes],
    responses=documented(TicketNotFound, NotPermitted, TooManyRequests),
)
def delete_ticket(ticket_id: TicketId, service: ServiceDep) -> None:
    """For administrators; the change feed keeps who deleted what and when."""
    service.delete(ticket_id)


@router.post(
    "/{ticket_id}/status",
    dependencies=[changes, Idempotent],
    responses=documented(
        TicketNotFound,
        NotPermitted,
        StaleVersion,
        TransitionRefused,
        CategoryGoing,
        TooManyRequests,
        IdempotencyKeyReused,
    ),
)
def change_status(ticket_id: TicketId, change: StatusChange, service: ServiceDep) -> TicketRead:
    """Move it from open to active to closed, or reopen it."""
    return service.change_status(ticket_id, change)


@router.get("/{ticket_id}/history", responses=documented(TicketNotFound))
def read_history(
    ticket_id: TicketId, query: Annotated[PageQuery, Query()], service: ServiceDep
) -> Page[TicketEventRead]:
    """What happened to it, oldest first."""
    return service.history(ticket_id, query)


@router.get("/{ticket_id}/category", responses=documented(TicketNotFound, NotPermitted))
def read_category_reason(ticket_id: TicketId, service: ServiceDep) -> CategoryReasonRead:
    """Why it is in its category. For staff."""
    return service.category_reason(ticket_id)


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
