"""Queries on people."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, String, any_, cast, delete, func, insert, select, text
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, aggregate_order_by
from sqlalchemy.orm import Session

from contracts.base import INVISIBLE
from contracts.people import Active, PersonQuery
from data_api.access.actor import Actor
from data_api.access.permissions import ADMINISTRATORS_ROLE
from data_api.access.reading import readable_by
from data_api.access.roles import may
from data_api.kit.paging import in_order, position
from data_api.kit.words import all_of, terms_of
from data_api.models import (
    Building,
    Category,
    Credential,
    Person,
    PersonBuilding,
    PersonExpertise,
    StoredRole,
    Team,
    Ticket,
)

# The key is `contracts.base.name_key` in SQL, as closely as Postgres can express it.
TWINS = text("""
WITH named AS (
    SELECT id, name, roles, created_at, array_to_string(roles, ' ') AS role_slugs,
           lower(normalize(regexp_replace(name, :invisible, '', 'g'), NFKC)) AS key
    FROM person
), shared AS (
    SELECT key, role_slugs, min(id) AS first_id FROM named
    GROUP BY key, role_slugs HAVING count(*) > 1 AND min(id) > :after ORDER BY first_id LIMIT :groups
)
SELECT first_id, id, name, roles, created_at,
       ARRAY(SELECT role.name FROM role WHERE slug = ANY (named.roles) ORDER BY role.id) AS role_names,
       (SELECT count(*) FROM ticket
        WHERE requester_id = named.id AND (:reads_everything OR NOT is_confidential)) AS tickets
FROM named JOIN shared USING (key, role_slugs) ORDER BY first_id, id
""")
_ROLE_NAMES = (
    select(func.array_agg(aggregate_order_by(StoredRole.name, StoredRole.id), type_=ARRAY(String)))
    .where(StoredRole.slug == any_(Person.roles))
    .correlate(Person)
    .scalar_subquery()
)
EXPERTISE = (
    select(func.array_agg(aggregate_order_by(Category.slug, Category.id), type_=ARRAY(String)))
    .join(PersonExpertise, PersonExpertise.category_id == Category.id)
    .where(PersonExpertise.person_id == Person.id)
    .correlate(Person)
    .scalar_subquery()
)
BUILDINGS = (
    select(func.array_agg(aggregate_order_by(Building.slug, Building.id), type_=ARRAY(String)))
    .join(PersonBuilding, PersonBuilding.building_id == Building.id)
    .where(PersonBuilding.person_id == Person.id)
    .correlate(Person)
    .scalar_subquery()
)
# All that is told of a person, in one query.
DETAILS = (
    select(
        Person,
        _ROLE_NAMES.label("role_names"),
        EXPERTISE.label("expertise"),
        BUILDINGS.label("expertise_buildings"),
        Team.slug.label("team_slug"),
        Team.name.label("team_name"),
        Credential.username,
    )
    .outerjoin(Team, Team.id == Person.team_id)
    .outerjoin(Credential, Credential.person_id == Person.id)
)


class PersonRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    # -- reading ----------------------------------------------------------------------------------------------------

    def page(self, query: PersonQuery, after: Sequence[Any], *, by_email: bool) -> Sequence[Row[Any]]:
        """Returns up to limit + 1 people by name; the extra one shows that there is a next page. `by_email`: a search
        also finds the beginnings of mail addresses."""
        people = in_order(self._filtered(query), (Person.name, Person.id), descending=False, goes_on=bool(after))
        if query.q:
            people = people.where(self._searched(query.q, by_email=by_email))
        return self.session.execute(people.limit(query.limit + 1), position(after)).all()

    @staticmethod
    def _filtered(query: PersonQuery) -> Select[Any]:
        people = DETAILS
        if query.active is not Active.ALL:
            is_active = Person.deactivated_at.is_(None)
            people = people.where(is_active if query.active is Active.TRUE else ~is_active)
        if query.has_password is not None:
            people = people.where(Credential.id.is_not(None) if query.has_password else Credential.id.is_(None))
        if query.role:
            people = people.where(Person.roles.overlap(query.role))
        if query.permission:
            people = people.where(may(*query.permission))
        if query.team:
            people = people.where(Person.team_id.in_(select(Team.id).where(Team.slug.in_(query.team))))
        return people

    def _searched(self, typed: str, *, by_email: bool) -> Any:
        terms = all_of(terms_of(self.session.connection(), typed, shortest=1))
        by_name = func.lodge_search(Person.name).bool_op("@@")(cast(terms, TSQUERY))
        if not by_email:
            return by_name
        # Each has its index, and a union of both is found faster than an OR.
        beginning = typed.lower().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        named = select(Person.id).where(by_name)
        addressed = select(Person.id).where(Person.email.like(f"{beginning}%"))
        return Person.id.in_(named.union_all(addressed))

    def twins(self, groups: int, after: int, *, reads_everything: bool) -> Sequence[Row[Any]]:
        """Returns the people of the next `groups` groups, group by group. `after` is the first id of the last group
        that was shown. `reads_everything`: confidential tickets are counted too."""
        asked = {"invisible": INVISIBLE.pattern, "after": after, "groups": groups, "reads_everything": reads_everything}
        return self.session.execute(TWINS, asked).all()

    def details(self, person_id: int) -> Row[Any] | None:
        return self.session.execute(DETAILS.where(Person.id == person_id)).one_or_none()

    def find(self, person_id: int) -> Person | None:
        return self.session.get(Person, person_id)

    def find_several(self, person_ids: Iterable[int]) -> dict[int, Person]:
        """Returns those who are there, by id."""
        found = self.session.scalars(select(Person).where(Person.id.in_(list(person_ids))))
        return {person.id: person for person in found}

    def assigned_tickets(self, person_id: int, actor: Actor) -> int:
        """Counts the tickets that are assigned to the person and not closed, among those that the actor may read."""
        tickets = select(func.count()).where(Ticket.assignee_id == person_id, Ticket.status != "closed")
        return self.session.execute(tickets.where(readable_by(actor.reads)), {"me": actor.person_id}).scalar_one()

    def other_administrators(self, person_id: int) -> int:
        """Counts the active administrators besides this person."""
        others = select(func.count()).where(
            Person.roles.contains([ADMINISTRATORS_ROLE.value]),
            Person.deactivated_at.is_(None),
            Person.id != person_id,
        )
        return self.session.execute(others).scalar_one()

    def people_by_email(self, addresses: Iterable[str]) -> dict[str, int]:
        """Returns the people who have these mail addresses: ids by address."""
        known = select(Person.email, Person.id).where(Person.email.in_(list(addresses)))
        return {address: number for address, number in self.session.execute(known) if address}

    def team_ids(self) -> dict[str, int]:
        return dict(self.session.execute(select(Team.slug, Team.id)).all())

    # -- writing ----------------------------------------------------------------------------------------------------

    def lock(self, person_id: int) -> Person | None:
        """Locks the person, so that nobody else can change them."""
        person = select(Person).where(Person.id == person_id)
        return self.session.scalar(person.with_for_update(key_share=True))

    def add(self, **values: Any) -> Person:
        person = Person(**values)
        self.session.add(person)
        self.session.flush()
        return person

    def add_many(self, people: Sequence[Mapping[str, Any]]) -> list[int]:
        """Adds people, and returns their ids in the same order."""
        added = insert(Person).returning(Person.id, sort_by_parameter_order=True)
        return list(self.session.scalars(added, [dict(person) for person in people])) if people else []

    def flush(self) -> None:
        self.session.flush()

    def replace_expertise(self, person_id: int, category_ids: Iterable[int]) -> None:
        self.session.execute(delete(PersonExpertise).where(PersonExpertise.person_id == person_id))
        self.session.add_all(
            PersonExpertise(person_id=person_id, category_id=category_id) for category_id in category_ids
        )
        self.session.flush()

    def category_ids(self, slugs: Iterable[str]) -> dict[str, int]:
        """Returns the ids of these categories, by slug, and keeps the categories from being deleted meanwhile."""
        known = select(Category.slug, Category.id).where(Category.slug.in_(list(slugs)))
        return dict(self.session.execute(known.with_for_update(read=True, key_share=True)).all())

    def replace_buildings(self, person_id: int, building_ids: Iterable[int]) -> None:
        self.session.execute(delete(PersonBuilding).where(PersonBuilding.person_id == person_id))
        self.session.add_all(PersonBuilding(person_id=person_id, building_id=one) for one in building_ids)
        self.session.flush()

    def building_ids(self, slugs: Iterable[str]) -> dict[str, int]:
        """Returns the ids of these buildings, by slug, and keeps the buildings from being deleted meanwhile."""
        known = select(Building.slug, Building.id).where(Building.slug.in_(list(slugs)))
        return dict(self.session.execute(known.with_for_update(read=True, key_share=True)).all())
