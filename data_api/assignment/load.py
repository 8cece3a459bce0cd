"""How many tickets each person of a team has, and who could be given one now."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from contracts.assignment_rules import TeamLoad, TeamMemberLoad
from contracts.people import Permission
from contracts.teams import TeamBrief
from data_api.access.roles import may
from data_api.assignment.choosing import Member, Standing
from data_api.assignment.repository import LAST_OPENED_AT, LOAD
from data_api.lists.errors import NotInList
from data_api.models import Person, Team, Ticket
from data_api.people.hours import hours_read, works_at
from data_api.people.presenter import is_away
from data_api.people.repository import BUILDINGS, EXPERTISE

QUEUED = (
    select(func.count())
    .where(Ticket.team_id == Team.id, Ticket.status != "closed", Ticket.assignee_id.is_(None))
    .correlate(Team)
    .scalar_subquery()
)
PEOPLE: Select[Any] = (
    select(
        Person,
        may(Permission.TICKETS_WORK).label("works_on_tickets"),
        EXPERTISE.label("expertise"),
        BUILDINGS.label("expertise_buildings"),
        LOAD.label("load"),
        LAST_OPENED_AT.label("last_opened_at"),
    )
    .where(Person.deactivated_at.is_(None))
    .order_by(Person.name, Person.id)
)


def team_load(session: Session, slug: str, campus_zone: ZoneInfo) -> TeamLoad:
    """Raises NotInList."""
    found = session.execute(select(Team, QUEUED.label("queued")).where(Team.slug == slug)).one_or_none()
    if found is None:
        raise NotInList.named("team", slug)
    team, queued = found
    now = datetime.now(campus_zone)
    people = session.execute(PEOPLE.where(Person.team_id == team.id))
    return TeamLoad(
        team=TeamBrief(slug=team.slug, name=team.name), queued=queued, people=[_load_of(row, now) for row in people]
    )


def _load_of(row: Row[Any], now: datetime) -> TeamMemberLoad:
    person: Person = row.Person
    member = Member(
        id=person.id,
        load=row.load,
        capacity=person.capacity,
        is_away=is_away(person, now.date()),
        works_now=works_at(person.working_hours, now),
        is_expert=False,
        last_opened_at=row.last_opened_at,
    )
    return TeamMemberLoad(
        id=person.id,
        name=person.name,
        works_on_tickets=row.works_on_tickets,
        open_tickets=member.load,
        capacity=member.capacity,
        is_full=member.is_full,
        away_from=person.away_from,
        away_until=person.away_until,
        is_away=member.is_away,
        working_hours=hours_read(person.working_hours),
        works_now=member.works_now,
        is_free=row.works_on_tickets and member.standing is Standing.FREE,
        expertise=row.expertise or [],
        expertise_buildings=row.expertise_buildings or [],
        last_opened_at=member.last_opened_at,
        version=person.version,
    )
