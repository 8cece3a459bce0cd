"""The routes of buildings."""

from operator import attrgetter
from typing import Annotated

from fastapi import APIRouter, Depends, Path

from contracts.base import Slug
from contracts.lists import BuildingCreate, BuildingRead, BuildingUpdate
from contracts.pages import Page
from contracts.people import Permission
from data_api.access.actor import ActorDep, permitted
from data_api.access.idempotency import OnceDep
from data_api.access.rate_limits import TooManyRequests, changes
from data_api.buildings.repository import BuildingRepository
from data_api.buildings.service import BuildingService
from data_api.kit.database import SessionDep
from data_api.lists.errors import NotInList, SlugTaken, StillInUse
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(
    prefix="/buildings",
    tags=["buildings"],
    route_class=Route,
    responses=documented(NotSignedIn, InvalidInput, TooManyRequests),
)
manages = Depends(permitted(Permission.LISTS_MANAGE))
SlugInPath = Annotated[Slug, Path()]


async def _service(session: SessionDep, _: ActorDep) -> BuildingService:
    return BuildingService(BuildingRepository(session))


ServiceDep = Annotated[BuildingService, Depends(_service, scope="function")]


@router.get("")
def list_buildings(service: ServiceDep) -> Page[BuildingRead]:
    return Page[BuildingRead](items=service.buildings(), next_cursor=None)


@router.post("", status_code=201, dependencies=[manages, changes], responses=documented(NotPermitted, SlugTaken))
def add_building(new: BuildingCreate, service: ServiceDep, once: OnceDep) -> BuildingRead:
    return once(lambda: service.add_building(new), service.building, attrgetter("slug"))


@router.patch("/{slug}", dependencies=[manages, changes], responses=documented(NotPermitted, NotInList))
def update_building(slug: SlugInPath, change: BuildingUpdate, service: ServiceDep) -> BuildingRead:
    return service.update_building(slug, change)


@router.delete(
    "/{slug}",
    status_code=204,
    dependencies=[manages, changes],
    responses=documented(NotPermitted, NotInList, StillInUse),
)
def delete_building(slug: SlugInPath, service: ServiceDep) -> None:
    """Deletes a building that no ticket refers to."""
    service.delete_building(slug)
