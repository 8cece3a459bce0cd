"""Queries of automatic assignment. Each team's are made one after the other, by a lock (`assignment_lock`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Select,
    SmallInteger,
    Text,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contracts.assignment import AssignmentReason
from contracts.people import Permission
from contracts.tickets import EventKind
from data_api.access.roles import may
from data_api.access.turns import assignment_lock
from data_api.assignment.rule_repository import fits
from data_api.kit.database import planned_once
from data_api.models import (
    AssignmentRule,
    Category,
    Person,
    PersonBuilding,
    PersonExpertise,
    Stage,
    Team,
    Ticket,
    TicketEvent,
)


class TicketFeatures(NamedTuple):
    """What rules, and the choice inside a team, ask of a ticket."""

    category_id: int
    building_id: int | None
    priority: int
    is_confidential: bool
    stage_id: int
    text: str


class Destination(NamedTuple):
    """The team that a ticket goes to, and the rule that says so: its number and name, or None."""

    team_id: int
    team_slug: str
    team_name: str
    rule: int | None = None
    rule_name: str | None = None


class _Asked:
    """The ticket that a statement asks about. Its words are computed only for a rule that asks for words: from a table
    expression, because Postgres computes a function of a parameter when it plans the statement, whatever it is for."""

    _written = select(cast(bindparam("text"), Text).label("written")).cte("ticket_text").prefix_with("MATERIALIZED")

    category_id = bindparam("category_id", type_=BigInteger)
    building_id = bindparam("building_id", type_=BigInteger)
    priority = bindparam("priority", type_=SmallInteger)
    is_confidential = bindparam("is_confidential", type_=Boolean)
    search = select(func.lodge_search(_written.c.written)).scalar_subquery()


# Where very many report to one team at the same moment, the last of them waits for all others. A report that waits is
# better than one that is refused, so it may wait longer than other requests do. Not less than they, either: tests do.
PATIENCE: ColumnElement[str] = literal_column(
    "set_config('lock_timeout', (1000 * extract(epoch FROM greatest(current_setting('lock_timeout')::interval, "
    "interval '9 seconds')))::integer::text, true)"
)


def _and_locked(found: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Returns the statement that also takes the lock of the team that is found. The patience is set in the subquery, so
    that it holds when the lock is waited for."""
    destination = found.add_columns(PATIENCE.label("patience")).subquery("destination")
    return select(destination, assignment_lock(destination.c.team_id))


# A new ticket refers to its team, category and stage. They are locked against deletion before the lock of assignments
# is taken: whoever deletes one of them may be waiting for a ticket that is being reopened, and that one for the lock.
HELD = (Team, Category, Stage)
_IS_OF_TICKET = (Category.id == bindparam("category_id"), Stage.id == bindparam("stage_id", type_=BigInteger))
# One that is being deleted at this moment is passed over, and not waited for.
FIND_RULE = planned_once(
    _and_locked(
        select(
            Team.id.label("team_id"),
            Team.slug.label("team_slug"),
            Team.name.label("team_name"),
            AssignmentRule.position,
            AssignmentRule.name.label("rule_name"),
        )
        .join(Team, Team.id == AssignmentRule.team_id)
        .join(Category, _IS_OF_TICKET[0])
        .join(Stage, _IS_OF_TICKET[1])
        .where(AssignmentRule.is_on, fits(AssignmentRule, _Asked))
        .order_by(AssignmentRule.position)
        .limit(1)
        .with_for_update(read=True, key_share=True, of=HELD, skip_locked=True)
    )
)
_TEAM = select(Team.id.label("team_id"), Team.slug.label("team_slug"), Team.name.label("team_name")).where(
    Team.id == bindparam("team_id", type_=BigInteger)
)
ENTER_TEAM = _and_locked(
    _TEAM.join(Category, _IS_OF_TICKET[0])
    .join(Stage, _IS_OF_TICKET[1])
    .with_for_update(read=True, key_share=True, of=HELD)
)
# For a ticket that is locked and has this team already. The team's row must not be waited for: whoever deletes the team
# has locked it, and waits for the team's tickets.
STAY_IN_TEAM = _and_locked(_TEAM)

# One index-only scan for each person.
_LOAD = select(func.count()).where(Ticket.assignee_id == Person.id, Ticket.status != "closed").correlate(Person)
_LAST = select(func.max(Ticket.opened_at)).where(Ticket.assignee_id == Person.id).correlate(Person)
_KNOWS_CATEGORY = exists().where(
    PersonExpertise.person_id == Person.id, PersonExpertise.category_id == bindparam("category_id", type_=BigInteger)
)
_KNOWS_BUILDING = exists().where(
    PersonBuilding.person_id == Person.id, PersonBuilding.building_id == bindparam("building_id", type_=BigInteger)
)
LOAD, LAST_OPENED_AT = _LOAD.scalar_subquery(), _LAST.scalar_subquery()
MEMBERS = select(
    Person.id,
    LOAD.label("load"),
    Person.capacity,
    Person.away_from,
    Person.away_until,
    Person.working_hours,
    or_(_KNOWS_CATEGORY, _KNOWS_BUILDING).label("is_expert"),
    LAST_OPENED_AT.label("last_opened_at"),
).where(
    Person.team_id == bindparam("team_id", type_=BigInteger),
    Person.deactivated_at.is_(None),
    may(Permission.TICKETS_WORK),
)
RECORD = insert(TicketEvent)


class AssignmentRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def rule_of(self, ticket: TicketFeatures) -> Destination | None:
        """Returns where the first rule that the ticket fits sends it, and takes that team's lock."""
        return self._destination(FIND_RULE, ticket._asdict())

    def enter(self, team_id: int, ticket: TicketFeatures) -> Destination | None:
        """Returns the team that somebody has chosen for a new ticket, and takes its lock; None if it is gone."""
        return self._destination(ENTER_TEAM, {**ticket._asdict(), "team_id": team_id})

    def stay(self, team_id: int) -> Destination | None:
        """Returns the team of a ticket that is locked, and takes the team's lock."""
        return self._destination(STAY_IN_TEAM, {"team_id": team_id})

    def members(self, team_id: int, ticket: TicketFeatures) -> Sequence[Any]:
        """Returns those of the team who work on tickets. Must come after the lock: what others assigned before is then
        among the loads."""
        asked = {"team_id": team_id, "category_id": ticket.category_id, "building_id": ticket.building_id}
        return self.session.connection().execute(MEMBERS, asked).all()

    def record(
        self, ticket_id: int, team: str | None, person_id: int | None, reason: AssignmentReason, at: datetime
    ) -> None:
        """Adds lines to the ticket's history: that it came to the team, and to the person, as far as they are given."""
        common = {"ticket_id": ticket_id, "occurred_at": at, "reason": reason.model_dump(mode="json", exclude={"text"})}
        lines = []
        if team is not None:
            lines.append({**common, "kind": EventKind.TEAM, "to_value": team, "to_person_id": None})
        if person_id is not None:
            lines.append({**common, "kind": EventKind.ASSIGNEE, "to_value": None, "to_person_id": person_id})
        if lines:
            self.session.connection().execute(RECORD, lines)

    def _destination(self, statement: Select[*tuple[Any, ...]], asked: dict[str, Any]) -> Destination | None:
        row = self.session.connection().execute(statement, asked).one_or_none()
        return None if row is None else Destination(*row[:-2])
