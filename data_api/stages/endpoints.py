"""The routes of stages."""

from operator import attrgetter
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from sqlalchemy.orm import Session

from contracts.base import Slug
from contracts.lists import StageCreate, StageRead, StageUpdate
from contracts.pages import Page
from contracts.people import Permission
from data_api.access.actor import ActorDep, permitted
from data_api.access.idempotency import IdempotencyKeyReused, OnceDep
from data_api.access.rate_limits import TooManyRequests, changes
from data_api.kit.database import DatabaseDep, SessionDep
from data_api.kit.errors import ChangedMeanwhile, StaleVersion
from data_api.lists.errors import NotInList, SlugTaken, StillInUse, TooManyStages
from data_api.lists.moving import moved_in_steps
from data_api.stages.repository import StageRepository
from data_api.stages.service import StageService
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(
    prefix="/stages",
    tags=["stages"],
    route_class=Route,
    responses=documented(NotSignedIn, InvalidInput, TooManyRequests),
)
manages = Depends(permitted(Permission.LISTS_MANAGE))
SlugInPath = Annotated[Slug, Path()]


async def _service(session: SessionDep, actor: ActorDep) -> StageService:
    return StageService(actor, StageRepository(session))


ServiceDep = Annotated[StageService, Depends(_service, scope="function")]


@router.get("")
def list_stages(service: ServiceDep) -> Page[StageRead]:
    """The board's columns: by status, and then as administrators have arranged them."""
    return Page[StageRead](items=service.stages(), next_cursor=None)


@router.post(
    "",
    status_code=201,
    dependencies=[manages, changes],
    responses=documented(NotPermitted, SlugTaken, TooManyStages, IdempotencyKeyReused),
)
def add_stage(new: StageCreate, service: ServiceDep, once: OnceDep) -> StageRead:
    return once(lambda: service.add(new), service.stage, attrgetter("slug"))


@router.patch("/{slug}", dependencies=[manages, changes], responses=documented(NotPermitted, NotInList, StaleVersion))
def update_stage(slug: SlugInPath, change: StageUpdate, service: ServiceDep) -> StageRead:
    """Change some fields. A stage keeps its status: another one would open or close all its tickets."""
    return service.update(slug, change)


@router.delete(
    "/{slug}",
    status_code=204,
    dependencies=[manages, changes],
    responses=documented(NotPermitted, NotInList, StillInUse, ChangedMeanwhile),
)
def delete_stage(
    slug: SlugInPath,
    service: ServiceDep,
    database: DatabaseDep,
    session: SessionDep,
    tickets_to: Annotated[
        Slug | None, Query(description="The stage of the same status that its tickets go to.")
    ] = None,
) -> None:
    """Deletes the stage. Without `tickets_to`, only one without tickets. The last stage of a status stays. With very
    many tickets it takes minutes, in which the tickets move a thousand at a time; when it is broken off, send it
    again."""
    if tickets_to is None:
        service.delete(slug, None)
        return

    def step(own: Session, most: int) -> int:
        return StageService(service.actor, StageRepository(own)).move_some(slug, tickets_to, most)

    with moved_in_steps(database, session, "stage", step):
        service.delete(slug, tickets_to)
