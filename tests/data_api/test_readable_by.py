"""The reading rule is written twice, as a function and as a query; here both answer for all that somebody may read,
about every kind of ticket."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations, pairwise, product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.desk import StudentsSee
from contracts.people import Permission, Role
from contracts.tickets import Status
from data_api.access.reading import Reads, TicketFacts, hidden_from, is_readable_by, readable_by, reads_of
from data_api.kit.database import make_engine
from data_api.models import Person, Ticket, TicketWatcher
from tests.support.actors import permissions_of

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

    def by_rule(self, reads: Reads) -> set[int]:
        return {number for number, facts in self.facts.items() if is_readable_by(self.me, reads, facts)}

    def among(self, statuses: frozenset[Status]) -> set[int]:
        return {number for number, facts in self.facts.items() if facts.status in statuses}


@pytest.fixture(scope="module")
def population(module_database_url: str) -> Iterator[Population]:
    """Nobody yet, in a transaction that is never committed."""
    engine = make_engine(module_database_url)
    with Session(engine) as session:
        yield Population(session)
    engine.dispose()


@pytest.mark.parametrize("reads", Reads)
def test_the_query_finds_what_the_rule_allows(population: Population, reads: Reads) -> None:
    for statuses in ALL_STATUSES:
        query = select(Ticket.id).where(readable_by(reads, statuses), Ticket.status.in_(statuses))
        found = set(population.session.scalars(query, {"me": population.me}))
        assert found == population.by_rule(reads) & population.among(statuses)


@pytest.mark.parametrize("reads", Reads)
def test_the_query_for_confidential_tickets_alone_finds_what_the_rule_allows(
    population: Population, reads: Reads
) -> None:
    for statuses in ALL_STATUSES:
        readable = readable_by(reads, statuses, only_confidential=True)
        query = select(Ticket.id).where(readable, Ticket.is_confidential, Ticket.status.in_(statuses))
        found = set(population.session.scalars(query, {"me": population.me}))
        confidential = {number for number, facts in population.facts.items() if facts.is_confidential}
        assert found == population.by_rule(reads) & population.among(statuses) & confidential


@pytest.mark.parametrize("reads", Reads)
def test_what_is_hidden_is_what_is_not_readable(population: Population, reads: Reads) -> None:
    """For staff of everything, for students of what is not closed."""
    asked = {statuses: hidden_from(reads, statuses) for statuses in ALL_STATUSES}
    few = {statuses: hidden for statuses, hidden in asked.items() if hidden is not None}
    live = {statuses for statuses in ALL_STATUSES if Status.CLOSED not in statuses}
    assert set(few) == {Reads.ALL_BUT_CONFIDENTIAL: set(ALL_STATUSES), Reads.SHARED: live}.get(reads, set())
    for statuses, hidden in few.items():
        those = population.among(statuses)
        assert those - set(population.session.scalars(hidden, {"me": population.me})) == those & population.by_rule(
            reads
        )


def test_who_reads_more_reads_all_that_others_read(population: Population) -> None:
    read = [population.by_rule(reads) for reads in Reads]
    assert all(less < more for more, less in pairwise(read))


@pytest.mark.parametrize("students_see", StudentsSee)
@pytest.mark.parametrize("roles", ALL_ROLES, ids=lambda roles: "+".join(sorted(roles)))
def test_of_several_roles_the_one_counts_that_reads_most(roles: frozenset[Role], students_see: StudentsSee) -> None:
    """Written out here by role, and not asked of the table of permissions."""
    shared = {Reads.SHARED: {Role.STUDENT} if students_see is StudentsSee.ALL else set[Role]()}
    by_role = {Reads.EVERYTHING: {Role.ADMIN}, Reads.ALL_BUT_CONFIDENTIAL: {Role.AGENT, Role.MANAGER}, **shared}
    expected = next((reads for reads, those in by_role.items() if those & roles), Reads.FOLLOWED)
    assert reads_of(permissions_of(roles), students_see) is expected


def test_confidential_tickets_are_not_read_by_a_permission_alone() -> None:
    """Roles that administrators make may hold any permissions: one that lacks its basis opens nothing."""
    only = frozenset({Permission.TICKETS_READ_CONFIDENTIAL})
    assert reads_of(only, StudentsSee.ALL) is Reads.FOLLOWED
    assert reads_of(only | {Permission.TICKETS_READ_SHARED}, StudentsSee.ALL) is Reads.SHARED


def test_the_population_is_whole(population: Population) -> None:
    assert len(population.facts) == 3 * 2 * 3 * 2 * 4
    assert len(ALL_ROLES) == 2 ** len(Role) - 1
