"""The routes of people."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from contracts.base import Id
from contracts.pages import Page, PageQuery
from contracts.people import Permission, PersonCreate, PersonQuery, PersonRead, Twins
from data_api.access.actor import ActorDep, no_api_tokens, permitted
from data_api.access.idempotency import OnceDep
from data_api.access.rate_limits import Limited, TooManyRequests, changes, count_one
from data_api.kit.database import SessionDep
from data_api.kit.errors import NotFound
from data_api.people import managing
from data_api.people.repository import PersonRepository
from data_api.people.service import PersonService
from data_api.sessions.repository import SessionRepository
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


@router.post(
    "/{person_id}/sessions/end",
    status_code=204,
    dependencies=[no_api_tokens, Depends(permitted(Permission.PEOPLE_MANAGE)), changes],
    responses=documented(NotFound, TooManyRequests),
)
def end_sign_ins(person_id: Id, actor: ActorDep, session: SessionDep, once: OnceDep) -> None:
    """End all sign-ins of somebody who may not do more than oneself."""
    people, sign_ins = PersonRepository(session), SessionRepository(session)
    once(lambda: managing.end_sign_ins(actor, people, sign_ins, person_id), lambda _: None, lambda _: person_id)
