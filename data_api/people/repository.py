"""Queries on people."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, cast, func, select, text
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from contracts.base import INVISIBLE
from contracts.people import PersonQuery
from data_api.access.permissions import roles_with
from data_api.kit.paging import in_order, position
from data_api.kit.words import all_of, terms_of
from data_api.models import Person

# The key is `contracts.base.name_key` in SQL, as closely as Postgres can express it.
TWINS = text("""
WITH named AS (
    SELECT id, name, roles, created_at, array_to_string(roles, ' ') AS role_names,
           lower(normalize(regexp_replace(name, :invisible, '', 'g'), NFKC)) AS key
    FROM person
), shared AS (
    SELECT key, role_names, min(id) AS first_id FROM named
    GROUP BY key, role_names HAVING count(*) > 1 AND min(id) > :after ORDER BY first_id LIMIT :groups
)
SELECT first_id, id, name, roles, created_at,
       (SELECT count(*) FROM ticket
        WHERE requester_id = named.id AND (:reads_everything OR NOT is_confidential)) AS tickets
FROM named JOIN shared USING (key, role_names) ORDER BY first_id, id
""")


class PersonRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def page(self, query: PersonQuery, after: Sequence[Any]) -> Sequence[Person]:
        """Returns up to limit + 1 people by name; the extra one shows that there is a next page."""
        people = select(Person)
        if query.role:
            people = people.where(Person.roles.overlap([role.value for role in query.role]))
        if query.permission:
            permitted = {role.value for permission in query.permission for role in roles_with(permission)}
            people = people.where(Person.roles.overlap(sorted(permitted)))
        if query.q:
            terms = all_of(terms_of(self.session.connection(), query.q, shortest=1))
            people = people.where(func.lodge_search(Person.name).bool_op("@@")(cast(terms, TSQUERY)))
        page = in_order(people, (Person.name, Person.id), descending=False, goes_on=bool(after))
        return self.session.scalars(page.limit(query.limit + 1), position(after)).all()

    def twins(self, groups: int, after: int, *, reads_everything: bool) -> Sequence[Row[Any]]:
        """Returns the people of the next `groups` groups, group by group. `after` is the first id of the last group
        that was shown. `reads_everything`: confidential tickets are counted too."""
        asked = {"invisible": INVISIBLE.pattern, "after": after, "groups": groups, "reads_everything": reads_everything}
        return self.session.execute(TWINS, asked).all()

    def find(self, person_id: int) -> Person | None:
        return self.session.get(Person, person_id)

    def add(self, name: str, roles: Sequence[str]) -> Person:
        person = Person(name=name, roles=list(roles))
        self.session.add(person)
        self.session.flush()
        return person
