"""The reading rule is written twice, as a function and as a query; here both answer for everyone about everything."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, combinations, product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.desk import StudentsSee
from contracts.people import Permission, Role
from contracts.tickets import Status
from data_api.access.actor import Actor
from data_api.kit.database import make_engine
from data_api.models import Person, Ticket, TicketWatcher
from data_api.tickets.repository import hidden_from, readable_by
from data_api.tickets.rules import TicketFacts, is_readable_by

NOW = datetime.now(UTC)
STAGES = {Status.OPEN: 1, Status.ACTIVE: 2, Status.CLOSED: 5}
ALL_ROLES = [frozenset(roles) for size in range(1, 6) for roles in combinations(Role, size)]
ALL_STATUSES = [frozenset(some) for size in range(1, 4) for some in combinations(Status, size)]


class Population:
    """One ticket of every kind there can be, seen from one person."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.me, other = self._person("Me"), self._person("Other")
        self.facts: dict[int, TicketFacts] = {}
        watching: tuple[frozenset[int], ...] = tuple(map(frozenset, ((), (other,), (self.me,), (self.me, other))))
        kinds = product(Status, (self.me, other), (None, self.me, other), (False, True), watching)
        for status, requester, assignee, is_confidential, followers in kinds:
            closed_at = NOW if status is Status.CLOSED else None
            facts = TicketFacts(status, requester, closed_at, assignee, is_confidential, followers)
            self.facts[self._ticket(facts)] = facts

    def _person(self, name: str) -> int:
        person = Person(name=name, roles=["student"])
        self.session.add(person)
        self.session.flush()
        return person.id

    def _ticket(self, facts: TicketFacts) -> int:
        ticket = Ticket(
            title="x",
            description="x",
            status=facts.status,
            stage_id=STAGES[facts.status],
            category_id=1,
            requester_id=facts.requester_id,
            assignee_id=facts.assignee_id,
            is_confidential=facts.is_confidential,
            opened_at=NOW,
            modified_at=NOW,
            closed_at=facts.closed_at,
        )
        self.session.add(ticket)
        self.session.flush()
        self.session.add_all(TicketWatcher(ticket_id=ticket.id, person_id=person) for person in facts.follower_ids)
        self.session.flush()
        return ticket.id

    def actor(self, roles: frozenset[Role]) -> Actor:
        return Actor(self.me, "Me", roles, 1, NOW, NOW)

    def by_rule(self, actor: Actor, students_see: StudentsSee) -> set[int]:
        return {number for number, facts in self.facts.items() if is_readable_by(actor, facts, students_see)}

    def among(self, statuses: frozenset[Status]) -> set[int]:
        return {number for number, facts in self.facts.items() if facts.status in statuses}


@pytest.fixture(scope="module")
def population(module_database_url: str) -> Iterator[Population]:
    """Nobody yet, in a transaction that is never committed."""
    engine = make_engine(module_database_url)
    with Session(engine) as session:
        yield Population(session)
    engine.dispose()


@pytest.mark.parametrize("students_see", list(StudentsSee))
@pytest.mark.parametrize("roles", ALL_ROLES, ids=lambda roles: "+".join(sorted(roles)))
def test_the_query_finds_what_the_rule_allows(
    population: Population, roles: frozenset[Role], students_see: StudentsSee
) -> None:
    actor = population.actor(roles)
    for statuses in ALL_STATUSES:
        query = select(Ticket.id).where(readable_by(roles, students_see, statuses), Ticket.status.in_(statuses))
        found = set(population.session.scalars(query, {"me": population.me}))
        assert found == population.by_rule(actor, students_see) & population.among(statuses)


READ_NEARLY_ALL = [roles for roles in ALL_ROLES if Role.ADMIN not in roles and roles != {Role.ANALYST}]


@pytest.mark.parametrize("roles", READ_NEARLY_ALL, ids=lambda roles: "+".join(sorted(roles)))
def test_what_is_hidden_is_what_is_not_readable(population: Population, roles: frozenset[Role]) -> None:
    """For staff of everything, for students of what is not closed."""
    actor = population.actor(roles)
    is_staff = actor.may(Permission.TICKETS_READ_ALL)
    asked_of = population.among(frozenset(Status) if is_staff else frozenset({Status.OPEN, Status.ACTIVE}))
    hidden = set(population.session.scalars(hidden_from(roles), {"me": population.me}))
    assert asked_of - hidden == asked_of & population.by_rule(actor, StudentsSee.ALL)


def test_the_population_is_whole(population: Population) -> None:
    assert len(population.facts) == 3 * 2 * 3 * 2 * 4
    assert len(set(chain.from_iterable(ALL_ROLES))) == len(Role)
