"""The routes of teams."""

from operator import attrgetter
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from sqlalchemy.orm import Session

from contracts.base import Slug
from contracts.pages import Page
from contracts.people import Permission
from contracts.teams import TeamBrief, TeamCreate, TeamRead, TeamUpdate
from data_api.access.actor import ActorDep, permitted
from data_api.access.idempotency import OnceDep
from data_api.access.rate_limits import TooManyRequests, changes
from data_api.kit.database import DatabaseDep, SessionDep
from data_api.kit.errors import ChangedMeanwhile, StaleVersion
from data_api.lists.errors import NotInList, SlugTaken, StillInUse
from data_api.lists.moving import moved_in_steps
from data_api.teams.repository import TeamRepository
from data_api.teams.service import TeamService
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(
    prefix="/teams",
    tags=["teams"],
    route_class=Route,
    responses=documented(NotSignedIn, NotPermitted, InvalidInput, TooManyRequests),
)
manages = Depends(permitted(Permission.TEAMS_MANAGE))
SlugInPath = Annotated[Slug, Path()]


async def _service(session: SessionDep, actor: ActorDep) -> TeamService:
    return TeamService(actor, TeamRepository(session))


ServiceDep = Annotated[TeamService, Depends(_service, scope="function")]


@router.get("", dependencies=[Depends(permitted(Permission.PEOPLE_READ))])
def list_teams(service: ServiceDep) -> Page[TeamRead]:
    """All teams, by name."""
    return Page[TeamRead](items=service.teams(), next_cursor=None)


@router.get("/names")
def list_team_names(service: ServiceDep) -> Page[TeamBrief]:
    """What all teams are called, by name. Everybody may know it: the history of a ticket says which team it went to."""
    return Page[TeamBrief](items=service.names(), next_cursor=None)


@router.post("", status_code=201, dependencies=[manages, changes], responses=documented(SlugTaken))
def add_team(new: TeamCreate, service: ServiceDep, once: OnceDep) -> TeamRead:
    return once(lambda: service.add(new), service.team, attrgetter("slug"))


@router.patch("/{slug}", dependencies=[manages, changes], responses=documented(NotInList, StaleVersion))
def update_team(slug: SlugInPath, change: TeamUpdate, service: ServiceDep) -> TeamRead:
    return service.update(slug, change)


@router.delete(
    "/{slug}",
    status_code=204,
    dependencies=[manages, changes],
    responses=documented(NotInList, StillInUse, ChangedMeanwhile),
)
def delete_team(
    slug: SlugInPath,
    service: ServiceDep,
    database: DatabaseDep,
    session: SessionDep,
    people_to: Annotated[Slug | None, Query(description="The team that its people go to.")] = None,
    tickets_to: Annotated[
        Slug | None, Query(description="The team that its tickets go to; `none` leaves them without a team.")
    ] = None,
) -> None:
    """Deletes the team. Without `people_to`, only a team that nobody is in. Its tickets go to the team of `tickets_to`,
    or else with its people; without both, only a team without tickets. With very many tickets it takes minutes, in
    which they move a thousand at a time; when it is broken off, send it again."""
    where = (slug, people_to, tickets_to)
    if people_to is None and tickets_to is None:
        service.delete(*where)
        return

    def step(own: Session, most: int) -> int:
        return TeamService(service.actor, TeamRepository(own)).move_some(*where, most)

    with moved_in_steps(database, session, "team", step):
        service.delete(*where)
