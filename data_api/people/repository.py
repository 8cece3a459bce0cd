"""Queries on people."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from contracts.people import PersonQuery
from data_api.models import Person
from data_api.paging import in_order, position
from data_api.words import prefix_terms


class PersonRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def page(self, query: PersonQuery, after: Sequence[Any]) -> Sequence[Person]:
        """One more than the limit, where there is one; by name."""
        people = select(Person)
        if query.role:
            people = people.where(Person.roles.overlap([role.value for role in query.role]))
        if query.q:
            words = func.to_tsvector(text("'simple'"), Person.name)
            people = people.where(words.bool_op("@@")(func.to_tsquery("simple", prefix_terms(query.q, shortest=1))))
        page = in_order(people, (Person.name, Person.id), descending=False, goes_on=bool(after))
        return self.session.scalars(page.limit(query.limit + 1), position(after)).all()

    def add(self, name: str, roles: Sequence[str]) -> Person:
        person = Person(name=name, roles=list(roles))
        self.session.add(person)
        self.session.flush()
        return person
