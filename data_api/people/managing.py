"""Whose account somebody may manage: nobody's who may do more than they may themselves."""

from collections.abc import Iterable

from data_api.access.actor import Actor
from data_api.access.roles import RoleTable
from data_api.kit.errors import NotFound
from data_api.models import Person
from data_api.people.repository import PersonRepository
from data_api.sessions.repository import SessionRepository
from service_kit.errors import NotPermitted


def managed_person(actor: Actor, people: PersonRepository, person_id: int) -> Person:
    """Raises NotFound and NotPermitted as below."""
    (person,) = managed_people(actor, people, [person_id])
    return person


def managed_people(actor: Actor, people: PersonRepository, person_ids: Iterable[int]) -> list[Person]:
    """Returns the people in the order of their ids, each once. Raises NotFound; and NotPermitted, because whoever could
    reset the password of somebody who may do more could become them."""
    wanted = list(dict.fromkeys(person_ids))
    found, roles = people.find_several(wanted), RoleTable.read(people.session)
    for person_id in wanted:
        if person_id not in found:
            raise NotFound(f"There is no person {person_id}.")
        if not roles.permissions_of(found[person_id].roles) <= actor.permissions:
            name = found[person_id].name
            raise NotPermitted(f"{name} may do more than you may, so you cannot manage their account.")
    return [found[person_id] for person_id in wanted]


def end_sign_ins(actor: Actor, people: PersonRepository, sessions: SessionRepository, person_id: int) -> None:
    """Ends all sign-ins of a person except the one that the actor uses. Raises NotFound and NotPermitted as above."""
    person = managed_person(actor, people, person_id)
    sessions.end_sign_ins(person.id, but=actor.session_id)
