"""Queries for trying rules on the tickets of the last weeks."""

import time
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    SmallInteger,
    String,
    bindparam,
    cast,
    column,
    func,
    null,
    or_,
    select,
    tuple_,
    values,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.orm import Session

from contracts.assignment_rules import AssignmentRuleDraft
from contracts.people import Permission
from data_api.access.actor import Actor
from data_api.access.reading import readable_by
from data_api.access.roles import may
from data_api.assignment.rule_repository import TERMS, any_of_words, fits, in_order, no_team
from data_api.assignment.simulation import Colleague, PastTicket
from data_api.models import Building, Category, Person, PersonBuilding, PersonExpertise, Team, Ticket

AT_ONCE = 1_000


class TriedColumns(NamedTuple):
    """The columns of a rule that is tried. `number` is its place."""

    number: int
    category_ids: Sequence[int]
    building_ids: Sequence[int]
    priorities: Sequence[int]
    query: str | None
    confidential: str


class TriedTeamRow(NamedTuple):
    """A team; `people` is how many of it work on tickets."""

    slug: str
    name: str
    people: int


class TrialRepository:
    def __init__(self, session: Session, actor: Actor) -> None:
        self.session = session
        self.actor = actor

    def lookups(self, drafts: Sequence[AssignmentRuleDraft]) -> "DraftLookups":
        return DraftLookups(self.session, drafts)

    def tickets(
        self, rules: Sequence[TriedColumns], since: datetime, until: datetime, most: int, deadline: float
    ) -> tuple[Sequence[PastTicket], bool]:
        """Returns the latest tickets of this period that the actor may read, each with the first rule that it fits, in
        the order in which they were opened; and whether there may be more of them. Reads a part at a time, and none
        after the `deadline`, a moment of the monotonic clock; but always the first part."""
        query = self._part(rules, since)
        position, found, has_more = (until, 0), list[PastTicket](), True
        while has_more and len(found) <= most and (not found or time.monotonic() < deadline):
            before = {"before": position[0], "before_id": position[1]}
            part = self.session.connection().execute(query, before | {"me": self.actor.person_id}).all()
            found.extend(PastTicket(*row) for row in part)
            has_more = len(part) == AT_ONCE
            position = (found[-1].opened_at, found[-1].id) if found else position
        return found[:most][::-1], has_more or len(found) > most

    def _part(self, rules: Sequence[TriedColumns], since: datetime) -> Select[*tuple[Any, ...]]:
        before = tuple_(bindparam("before", type_=DateTime(timezone=True)), bindparam("before_id", type_=BigInteger))
        return (
            select(
                Ticket.id,
                Ticket.opened_at,
                Ticket.closed_at,
                Ticket.category_id,
                Ticket.building_id,
                _first_of(rules),
            )
            .where(
                Ticket.opened_at >= since,
                tuple_(Ticket.opened_at, Ticket.id) < before,
                readable_by(self.actor.reads),
            )
            .order_by(Ticket.opened_at.desc(), Ticket.id.desc())
            .limit(AT_ONCE)
        )

    def colleagues(self, team_ids: Collection[int], since: datetime) -> list[Colleague]:
        """Returns the people of these teams who work on tickets, with what they had at the moment `since`."""
        people = self.session.connection().execute(_people(team_ids, since)).all()
        had = self._had([person.id for person in people], since)
        return [
            Colleague(
                **{name: getattr(person, name) for name in _PERSON},
                category_ids=frozenset(person.category_ids or ()),
                building_ids=frozenset(person.building_ids or ()),
                had_until=had.get(person.id, ()),
                last_opened_at=person.last_opened_at,
            )
            for person in people
        ]

    def _had(self, people: Sequence[int], since: datetime) -> dict[int, list[datetime | None]]:
        """Returns when each person's tickets of the moment `since` were closed."""
        is_there = or_(Ticket.status != "closed", Ticket.closed_at >= since)
        tickets = select(Ticket.assignee_id, Ticket.closed_at).where(
            Ticket.assignee_id.in_(people), Ticket.opened_at < since, is_there
        )
        had: dict[int, list[datetime | None]] = defaultdict(list)
        for person_id, closed_at in self.session.connection().execute(tickets):
            if person_id is not None:
                had[person_id].append(closed_at)
        return had

    def teams(self) -> dict[int, TriedTeamRow]:
        """Returns all teams, by id."""
        people = select(func.count()).where(*_works_in(Person.team_id == Team.id)).correlate(Team).scalar_subquery()
        rows = self.session.connection().execute(select(Team.id, Team.slug, Team.name, people))
        return {row[0]: TriedTeamRow(*row[1:]) for row in rows}

    def shown(self, ticket_ids: Sequence[int]) -> dict[int, Any]:
        """Returns what is shown of these tickets, as far as the actor may read them."""
        query = (
            select(
                Ticket.id,
                Ticket.title,
                Ticket.priority,
                Ticket.is_confidential,
                Category.slug.label("category"),
                Building.slug.label("building"),
                Ticket.assignee_id,
                Person.name.label("assignee_name"),
            )
            .join(Category, Category.id == Ticket.category_id)
            .outerjoin(Building, Building.id == Ticket.building_id)
            .outerjoin(Person, Person.id == Ticket.assignee_id)
            .where(Ticket.id.in_(ticket_ids), readable_by(self.actor.reads))
        )
        rows = self.session.connection().execute(query, {"me": self.actor.person_id})
        return {row.id: row for row in rows}


_PERSON = ("id", "name", "team_id", "capacity", "away_from", "away_until", "working_hours")


def _first_of(rules: Sequence[TriedColumns]) -> Any:
    """Returns the expression for the number of the first of these rules that a ticket fits."""
    if not rules:
        return null()
    rows = values(
        column("number", Integer),
        column("category_ids", ARRAY(BigInteger)),
        column("building_ids", ARRAY(BigInteger)),
        column("priorities", ARRAY(SmallInteger)),
        column("words", String),
        column("confidential", String),
        name="given",
    ).data([tuple(rule) for rule in rules])
    rule = select(
        rows.c.number,
        rows.c.category_ids,
        rows.c.building_ids,
        rows.c.priorities,
        cast(rows.c.words, TSQUERY).label("query"),
        rows.c.confidential,
    ).cte("tried")
    tried: Any = rule.c
    return select(func.min(tried.number)).where(fits(tried, Ticket)).correlate(Ticket).scalar_subquery()


def _people(team_ids: Collection[int], since: datetime) -> Any:
    def known(column_: Any, person_id: Any) -> Any:
        return select(func.array_agg(column_)).where(person_id == Person.id).correlate(Person).scalar_subquery()

    last = select(func.max(Ticket.opened_at)).where(Ticket.assignee_id == Person.id, Ticket.opened_at < since)
    return select(
        *(getattr(Person, name) for name in _PERSON),
        known(PersonExpertise.category_id, PersonExpertise.person_id).label("category_ids"),
        known(PersonBuilding.building_id, PersonBuilding.person_id).label("building_ids"),
        last.correlate(Person).scalar_subquery().label("last_opened_at"),
    ).where(*_works_in(Person.team_id.in_(team_ids)))


def _works_in(team: ColumnElement[bool]) -> Sequence[ColumnElement[bool]]:
    return team, Person.deactivated_at.is_(None), may(Permission.TICKETS_WORK)


class DraftLookups:
    """What rules name that are not stored, looked up at once for all of them. It locks nothing: nothing that is stored
    will refer to it."""

    def __init__(self, session: Session, drafts: Sequence[AssignmentRuleDraft]) -> None:
        self._connection = session.connection()
        self._teams = self._ids(Team, {draft.team for draft in drafts})
        self._categories = self._ids(Category, {slug for draft in drafts for slug in draft.categories})
        self._buildings = self._ids(Building, {slug for draft in drafts for slug in draft.buildings})
        words = sorted({word for draft in drafts for word in draft.words})
        terms = self._connection.scalars(TERMS, {"words": words}).all() if words else []
        self._terms = dict(zip(words, terms, strict=True))

    def team_id(self, slug: str) -> int:
        if slug not in self._teams:
            raise no_team(slug)
        return self._teams[slug]

    def category_ids(self, slugs: Sequence[str]) -> list[int]:
        return in_order(slugs, self._categories, "categories")

    def building_ids(self, slugs: Sequence[str]) -> list[int]:
        return in_order(slugs, self._buildings, "buildings")

    def search_of(self, words: Sequence[str]) -> str | None:
        return any_of_words(words, [self._terms[word] for word in words]) if words else None

    def _ids(self, table: type[Team] | type[Category] | type[Building], slugs: Collection[str]) -> dict[str, int]:
        named = select(table.slug, table.id).where(table.slug.in_(slugs))
        return dict(self._connection.execute(named).all()) if slugs else {}
