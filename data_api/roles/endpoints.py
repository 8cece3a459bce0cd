"""The routes of roles."""

from operator import attrgetter
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from contracts.base import Slug
from contracts.pages import Page
from contracts.people import Permission
from contracts.roles import RoleCreate, RoleRead, RoleUpdate
from data_api.access.actor import ActorDep, permitted
from data_api.access.idempotency import OnceDep
from data_api.access.rate_limits import TooManyRequests, changes
from data_api.kit.database import SessionDep
from data_api.kit.errors import ChangedMeanwhile, StaleVersion
from data_api.kit.settings import SettingsDep
from data_api.lists.errors import NotInList, SlugTaken, StillInUse
from data_api.roles.errors import BuiltInRole
from data_api.roles.repository import RoleRepository
from data_api.roles.service import RoleService
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(
    prefix="/roles",
    tags=["roles"],
    route_class=Route,
    responses=documented(NotSignedIn, NotPermitted, InvalidInput, TooManyRequests),
)
# Whoever gives people roles has to know what the roles permit.
reads = Depends(permitted(Permission.PEOPLE_MANAGE))
manages = Depends(permitted(Permission.ROLES_MANAGE))
SlugInPath = Annotated[Slug, Path()]


async def _service(session: SessionDep, actor: ActorDep, settings: SettingsDep) -> RoleService:
    return RoleService(actor, RoleRepository(session), settings.campus_zone)


ServiceDep = Annotated[RoleService, Depends(_service, scope="function")]


@router.get("", dependencies=[reads])
def list_roles(service: ServiceDep) -> Page[RoleRead]:
    """All roles with what they permit, the oldest first."""
    return Page[RoleRead](items=service.roles(), next_cursor=None)


@router.get("/{slug}", dependencies=[reads], responses=documented(NotInList))
def read_role(slug: SlugInPath, service: ServiceDep) -> RoleRead:
    return service.role(slug)


@router.post("", status_code=201, dependencies=[manages, changes], responses=documented(SlugTaken, ChangedMeanwhile))
def add_role(new: RoleCreate, service: ServiceDep, once: OnceDep) -> RoleRead:
    """Make a role that may do no more than I may."""
    return once(lambda: service.add(new), service.role, attrgetter("slug"))


@router.patch(
    "/{slug}",
    dependencies=[manages, changes],
    responses=documented(NotInList, StaleVersion, BuiltInRole, ChangedMeanwhile),
)
def update_role(slug: SlugInPath, change: RoleUpdate, service: ServiceDep) -> RoleRead:
    """Change a role. It holds from the next request on of everybody who has it."""
    return service.update(slug, change)


@router.delete(
    "/{slug}",
    status_code=204,
    dependencies=[manages, changes],
    responses=documented(NotInList, StillInUse, BuiltInRole, ChangedMeanwhile),
)
def delete_role(
    slug: SlugInPath,
    service: ServiceDep,
    people_to: Annotated[Slug | None, Query(description="The role that its people get instead.")] = None,
) -> None:
    """Deletes a role that is not built in. Without `people_to`, only one that nobody has."""
    service.delete(slug, people_to)
