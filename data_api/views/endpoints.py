"""The routes of the queue's views."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from contracts.base import MAX_ID
from contracts.pages import Page
from contracts.people import Permission
from contracts.views import ViewCounts, ViewCreate, ViewRead, ViewUpdate
from data_api.access.actor import ActorDep
from data_api.access.idempotency import IdempotencyKeyReused, OnceDep
from data_api.access.rate_limits import TooManyRequests, changes
from data_api.kit.database import SessionDep
from data_api.kit.errors import StaleVersion
from data_api.tickets.dependencies import TicketListsDep
from data_api.views.errors import TooManyViews, ViewNotFound
from data_api.views.kept_counts import KeptCounts
from data_api.views.repository import ViewRepository
from data_api.views.service import ViewService
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(
    prefix="/views",
    tags=["views"],
    route_class=Route,
    responses=documented(NotSignedIn, InvalidInput, TooManyRequests),
)
ViewId = Annotated[int, Path(ge=1, le=MAX_ID)]


async def _kept_counts(request: Request) -> KeptCounts:
    kept_counts: KeptCounts = request.app.state.organisation.kept_counts
    return kept_counts


async def _service(
    session: SessionDep,
    actor: ActorDep,
    lists: TicketListsDep,
    kept_counts: Annotated[KeptCounts, Depends(_kept_counts)],
) -> ViewService:
    views = ViewRepository(session, actor.person_id, keeps_teams=actor.may(Permission.TEAMS_MANAGE))
    return ViewService(actor, views, lists, kept_counts)


ServiceDep = Annotated[ViewService, Depends(_service, scope="function")]


@router.get("")
def list_views(service: ServiceDep) -> Page[ViewRead]:
    """The views that everybody has, then my own, then those that others share with my team. There is only one page."""
    return Page[ViewRead](items=service.views(), next_cursor=None)


@router.get("/counts")
def count_views(service: ServiceDep) -> ViewCounts:
    """How many tickets each of these views finds that I may read, in the same order. Counting one stops at 999, and
    counting all of them after a fifth of a second."""
    return service.counts()


@router.post("", status_code=201, dependencies=[changes], responses=documented(TooManyViews, IdempotencyKeyReused))
def save_view(new: ViewCreate, service: ServiceDep, once: OnceDep) -> ViewRead:
    """Save a view of one's own."""
    return once(lambda: service.save(new), service.read)


@router.patch(
    "/{view_id}",
    dependencies=[changes],
    responses=documented(ViewNotFound, NotPermitted, StaleVersion, TooManyViews),
)
def change_view(view_id: ViewId, change: ViewUpdate, service: ServiceDep) -> ViewRead:
    """Change a view of one's own; whoever may manage teams changes also what is shared with one."""
    return service.change(view_id, change)


@router.delete("/{view_id}", status_code=204, dependencies=[changes], responses=documented(ViewNotFound, NotPermitted))
def delete_view(view_id: ViewId, service: ServiceDep) -> None:
    """Delete a view of one's own; whoever may manage teams deletes also what is shared with one."""
    service.delete(view_id)
