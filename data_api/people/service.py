"""Looking people up, and adding those whom staff report for."""

from itertools import groupby
from typing import Any

from sqlalchemy import Row

from contracts.pages import Page, PageQuery
from contracts.people import Namesake, Permission, PersonCreate, PersonQuery, PersonRead, Role, Twins
from data_api.access.actor import Actor
from data_api.access.permissions import GIVEN_BY_STAFF, permissions_of
from data_api.access.reading import Reads
from data_api.kit.errors import NotFound
from data_api.kit.paging import read_cursor, write_cursor
from data_api.people.repository import PersonRepository
from data_api.sessions.service import person_read
from service_kit.errors import NotPermitted

CURSOR, TWINS_CURSOR = "people", "twins"


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

    def twins(self, query: PageQuery) -> Page[Twins]:
        (after,) = read_cursor(TWINS_CURSOR, query.cursor, (int,)) if query.cursor else (0,)
        reads_everything = self.actor.reads is Reads.EVERYTHING
        rows = self.repository.twins(query.limit + 1, after, reads_everything=reads_everything)
        groups = [list(people) for _, people in groupby(rows, lambda row: row.first_id)]
        shown = groups[: query.limit]
        return Page[Twins](
            items=[Twins(name=people[0].name, people=[_namesake(row) for row in people]) for people in shown],
            next_cursor=write_cursor(TWINS_CURSOR, [shown[-1][0].id]) if len(groups) > query.limit else None,
        )

    def read(self, person_id: int) -> PersonRead:
        person = self.repository.find(person_id)
        if person is None:
            raise NotFound(f"There is no person {person_id}.")
        return person_read(person)

    def add(self, new: PersonCreate) -> PersonRead:
        """Adds a person. Staff add students; those who manage people give other roles too. Nobody gives a role that
        permits more than they may do themselves. Raises NotPermitted."""
        given = permissions_of(new.roles)
        if not given <= GIVEN_BY_STAFF and not self.actor.may(Permission.PEOPLE_MANAGE):
            raise NotPermitted("Only managers and administrators add people who are not students.")
        if not given <= self.actor.permissions:
            raise NotPermitted("You cannot give a role that may do more than you may.")
        return person_read(self.repository.add(new.name, sorted(set(new.roles))))


def _namesake(row: Row[Any]) -> Namesake:
    roles = [Role(role) for role in row.roles]
    return Namesake(id=row.id, name=row.name, roles=roles, created_at=row.created_at, tickets=row.tickets)
