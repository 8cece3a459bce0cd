"""The routes of categories, buildings and stages."""

from operator import attrgetter
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from contracts.base import Slug
from contracts.lists import (
    BuildingCreate,
    BuildingRead,
    BuildingUpdate,
    CategoryCreate,
    CategoryMerge,
    CategoryRead,
    CategoryUpdate,
    StageRead,
)
from contracts.pages import Page
from contracts.people import Permission
from data_api.access.actor import ActorDep, permitted
from data_api.access.idempotency import OnceDep
from data_api.access.rate_limits import TooManyRequests, changes
from data_api.kit.database import SessionDep
from data_api.learning.learning import Learning
from data_api.learning.repository import CategorisingRepository
from data_api.lists.errors import NotInList, SlugTaken, StillInUse
from data_api.lists.repository import ListRepository
from data_api.lists.service import ListService
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(tags=["lists"], route_class=Route, responses=documented(NotSignedIn, InvalidInput, TooManyRequests))
manages = Depends(permitted(Permission.LISTS_MANAGE))
SlugInPath = Annotated[Slug, Path()]
SLUG = attrgetter("slug")


async def _service(session: SessionDep, actor: ActorDep) -> ListService:
    return ListService(actor, ListRepository(session), Learning(CategorisingRepository(session)))


ServiceDep = Annotated[ListService, Depends(_service, scope="function")]


@router.get("/categories")
def list_categories(service: ServiceDep) -> Page[CategoryRead]:
    return Page[CategoryRead](items=service.categories(), next_cursor=None)


@router.post(
    "/categories",
    status_code=201,
    dependencies=[manages, changes],
    responses=documented(NotPermitted, SlugTaken),
)
def add_category(new: CategoryCreate, service: ServiceDep, once: OnceDep) -> CategoryRead:
    return once(lambda: service.add_category(new), service.category, SLUG)


@router.patch(
    "/categories/{slug}",
    dependencies=[manages, changes],
    responses=documented(NotPermitted, NotInList, StillInUse),
)
def update_category(slug: SlugInPath, change: CategoryUpdate, service: ServiceDep) -> CategoryRead:
    return service.update_category(slug, change)


@router.delete(
    "/categories/{slug}",
    status_code=204,
    dependencies=[manages, changes],
    responses=documented(NotPermitted, NotInList, StillInUse),
)
def delete_category(
    slug: SlugInPath,
    service: ServiceDep,
    tickets_to: Annotated[Slug | None, Query(description="The category that its tickets go to.")] = None,
) -> None:
    """Without `tickets_to`, only one that no ticket stands on. What was learned of it is forgotten."""
    service.delete_category(slug, tickets_to)


@router.post(
    "/categories/{slug}/merge",
    dependencies=[manages, changes],
    responses=documented(NotPermitted, NotInList, StillInUse),
)
def merge_category(slug: SlugInPath, merge: CategoryMerge, service: ServiceDep, once: OnceDep) -> CategoryRead:
    """Its tickets and what was learned of it go into the other one, and it is gone."""
    return once(lambda: service.merge_category(slug, merge.into), service.category, SLUG)


@router.get("/buildings")
def list_buildings(service: ServiceDep) -> Page[BuildingRead]:
    return Page[BuildingRead](items=service.buildings(), next_cursor=None)


@router.post(
    "/buildings",
    status_code=201,
    dependencies=[manages, changes],
    responses=documented(NotPermitted, SlugTaken),
)
def add_building(new: BuildingCreate, service: ServiceDep, once: OnceDep) -> BuildingRead:
    return once(lambda: service.add_building(new), service.building, SLUG)


@router.patch("/buildings/{slug}", dependencies=[manages, changes], responses=documented(NotPermitted, NotInList))
def update_building(slug: SlugInPath, change: BuildingUpdate, service: ServiceDep) -> BuildingRead:
    return service.update_building(slug, change)


@router.delete(
    "/buildings/{slug}",
    status_code=204,
    dependencies=[manages, changes],
    responses=documented(NotPermitted, NotInList, StillInUse),
)
def delete_building(slug: SlugInPath, service: ServiceDep) -> None:
    """Only one that no ticket stands on."""
    service.delete_building(slug)


@router.get("/stages")
def list_stages(service: ServiceDep) -> Page[StageRead]:
    """The board's columns, in order."""
    return Page[StageRead](items=service.stages(), next_cursor=None)
