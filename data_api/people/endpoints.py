"""The routes of people."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from contracts.pages import Page, PageQuery
from contracts.people import Permission, PersonCreate, PersonQuery, PersonRead, Twins
from data_api.access.actor import ActorDep, permitted
from data_api.access.idempotency import OnceDep
from data_api.access.rate_limits import Limited, TooManyRequests, changes, count_one
from data_api.kit.database import SessionDep
from data_api.people.repository import PersonRepository
from data_api.people.service import PersonService
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(
    prefix="/people",
    tags=["people"],
    route_class=Route,
    responses=documented(NotSignedIn, NotPermitted, InvalidInput),
)


async def _service(session: SessionDep, actor: ActorDep) -> PersonService:
    return PersonService(actor, PersonRepository(session))


ServiceDep = Annotated[PersonService, Depends(_service, scope="function")]


@router.get("", dependencies=[Depends(permitted(Permission.PEOPLE_READ))], responses=documented(TooManyRequests))
def list_people(
    query: Annotated[PersonQuery, Query()], service: ServiceDep, actor: ActorDep, request: Request
) -> Page[PersonRead]:
    """People by name. `q` finds the beginnings of names; `permission` finds people one of whose roles permits it."""
    if query.q:
        count_one(Limited.SEARCH, request, actor)
    return service.page(query)


@router.get("/twins", dependencies=[Depends(permitted(Permission.PEOPLE_MANAGE))])
def list_twins(query: Annotated[PageQuery, Query()], service: ServiceDep) -> Page[Twins]:
    """People whose names cannot be told apart. They stay separate people."""
    return service.twins(query)


@router.post(
    "",
    status_code=201,
    dependencies=[Depends(permitted(Permission.TICKETS_WORK)), changes],
    responses=documented(TooManyRequests),
)
def add_person(new: PersonCreate, service: ServiceDep, once: OnceDep) -> PersonRead:
    """Add a person, to report problems for them."""
    return once(lambda: service.add(new), service.read)
