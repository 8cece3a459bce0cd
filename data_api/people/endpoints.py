"""The routes of people."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from contracts.base import Id
from contracts.pages import Page, PageQuery
from contracts.people import (
    PeopleImport,
    PeopleImported,
    Permission,
    PersonCreate,
    PersonDeactivated,
    PersonDetails,
    PersonQuery,
    PersonUpdate,
    Twins,
)
from data_api.access.actor import ActorDep, no_api_tokens, permitted
from data_api.access.idempotency import OnceDep
from data_api.access.rate_limits import Limited, TooManyRequests, changes, count_one
from data_api.kit.database import SessionDep
from data_api.kit.errors import ChangedMeanwhile, NotFound, StaleVersion
from data_api.kit.settings import SettingsDep
from data_api.people import managing
from data_api.people.errors import EmailTaken, LastAdministrator, OwnDeactivation
from data_api.people.importing import PeopleImporter, imported_before, kept_of
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
reads = Depends(permitted(Permission.PEOPLE_READ))
manages = Depends(permitted(Permission.PEOPLE_MANAGE))


async def _service(session: SessionDep, actor: ActorDep, settings: SettingsDep) -> PersonService:
    return PersonService(actor, PersonRepository(session), SessionRepository(session), settings.campus_zone)


async def _importer(session: SessionDep, actor: ActorDep) -> PeopleImporter:
    return PeopleImporter(actor, PersonRepository(session))


ServiceDep = Annotated[PersonService, Depends(_service, scope="function")]
ImporterDep = Annotated[PeopleImporter, Depends(_importer, scope="function")]


@router.get("", dependencies=[reads], responses=documented(TooManyRequests))
def list_people(
    query: Annotated[PersonQuery, Query()], service: ServiceDep, actor: ActorDep, request: Request
) -> Page[PersonDetails]:
    """People by name. `q` finds the beginnings of names; `permission` finds people one of whose roles permits it. Those
    who were deactivated are left out unless `active` asks for them."""
    if query.q:
        count_one(Limited.SEARCH, request, actor)
    return service.page(query)


@router.get("/twins", dependencies=[manages])
def list_twins(query: Annotated[PageQuery, Query()], service: ServiceDep) -> Page[Twins]:
    """People whose names cannot be told apart. They stay separate people."""
    return service.twins(query)


@router.post(
    "",
    status_code=201,
    dependencies=[Depends(permitted(Permission.TICKETS_WORK, Permission.PEOPLE_MANAGE)), changes],
    responses=documented(TooManyRequests, EmailTaken, ChangedMeanwhile),
)
def add_person(new: PersonCreate, service: ServiceDep, once: OnceDep) -> PersonDetails:
    """Add a person. Those who may not manage people add students, by name, to report problems for them."""
    return once(lambda: service.add(new), service.details)


@router.post("/import", dependencies=[manages, changes], responses=documented(TooManyRequests, ChangedMeanwhile))
def import_people(wish: PeopleImport, importer: ImporterDep, once: OnceDep) -> PeopleImported:
    """Add up to 5,000 people, all or none. With `dry_run`, learn what would become of each row."""
    if wish.dry_run:
        return importer.do(wish)
    return once(lambda: importer.do(wish), imported_before, kept_of)


@router.get("/{person_id}", responses=documented(NotFound))
def read_person(person_id: Id, service: ServiceDep) -> PersonDetails:
    """A person. Everybody may read themselves; others need `people:read`."""
    return service.read(person_id)


@router.patch(
    "/{person_id}",
    dependencies=[manages, changes],
    responses=documented(NotFound, StaleVersion, EmailTaken, LastAdministrator, ChangedMeanwhile, TooManyRequests),
)
def update_person(person_id: Id, change: PersonUpdate, service: ServiceDep) -> PersonDetails:
    """Change a person who may do no more than I may."""
    return service.update(person_id, change)


@router.post(
    "/{person_id}/deactivate",
    dependencies=[manages, changes],
    responses=documented(NotFound, OwnDeactivation, LastAdministrator, ChangedMeanwhile, TooManyRequests),
)
def deactivate_person(person_id: Id, service: ServiceDep, once: OnceDep) -> PersonDeactivated:
    """End all sessions of the person, who cannot sign in any more. Their tickets stay theirs."""
    return once(lambda: service.deactivate(person_id), service.deactivated)


@router.post(
    "/{person_id}/reactivate",
    dependencies=[manages, changes],
    responses=documented(NotFound, ChangedMeanwhile, TooManyRequests),
)
def reactivate_person(person_id: Id, service: ServiceDep, once: OnceDep) -> PersonDetails:
    """Let the person sign in again."""
    return once(lambda: service.reactivate(person_id), service.details)


@router.post(
    "/{person_id}/sessions/end",
    status_code=204,
    dependencies=[no_api_tokens, manages, changes],
    responses=documented(NotFound, TooManyRequests),
)
def end_sign_ins(person_id: Id, actor: ActorDep, session: SessionDep, once: OnceDep) -> None:
    """End all sign-ins of somebody who may not do more than oneself."""
    people, sign_ins = PersonRepository(session), SessionRepository(session)
    once(lambda: managing.end_sign_ins(actor, people, sign_ins, person_id), lambda _: None, lambda _: person_id)
