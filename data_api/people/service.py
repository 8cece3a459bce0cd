"""Looking people up, and adding those whom staff report for."""

from contracts.pages import Page
from contracts.people import Permission, PersonCreate, PersonQuery, PersonRead, Role
from data_api.auth import Actor
from data_api.paging import read_cursor, write_cursor
from data_api.people.repository import PersonRepository
from data_api.permissions import permissions_of
from data_api.sessions.service import person_read
from service_kit.errors import NotPermitted

CURSOR = "people"


class PersonService:
    def __init__(self, actor: Actor, repository: PersonRepository) -> None:
        self.actor = actor
        self.repository = repository

    def page(self, query: PersonQuery) -> Page[PersonRead]:
        after = read_cursor(CURSOR, query.cursor, (str, int)) if query.cursor else []
        people = self.repository.page(query, after)
        shown = people[: query.limit]
        last = shown[-1] if len(people) > query.limit else None
        return Page[PersonRead](
            items=[person_read(person) for person in shown],
            next_cursor=write_cursor(CURSOR, [last.name, last.id]) if last else None,
        )

    def add(self, new: PersonCreate) -> PersonRead:
        """Staff add students; those who manage people give other roles too, and nobody gives more than they have."""
        if set(new.roles) != {Role.STUDENT} and not self.actor.may(Permission.PEOPLE_MANAGE):
            raise NotPermitted("Only managers and administrators add people who are not students.")
        if not permissions_of(frozenset(new.roles)) <= self.actor.permissions:
            raise NotPermitted("You cannot give a role that may do more than you may.")
        return person_read(self.repository.add(new.name, sorted(set(new.roles))))
