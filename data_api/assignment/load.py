"""How many tickets each person of a team has, and who could be given one now."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from contracts.assignment_rules import TeamLoad, TeamMemberLoad
from contracts.teams import TeamBrief
from data_api.assignment.choosing import Availability, Member
from data_api.assignment.load_repository import LoadRepository
from data_api.lists.errors import NotInList
from data_api.models import Person
from data_api.people.hours import hours_read


def team_load(repository: LoadRepository, slug: str, now: datetime) -> TeamLoad:
    """`now` is in the campus's time zone. Raises NotInList."""
    found = repository.team(slug)
    if found is None:
        raise NotInList.named("team", slug)
    team, queued = found
    people = [_load_of(row, now) for row in repository.people(team)]
    return TeamLoad(team=TeamBrief(slug=team.slug, name=team.name), queued=queued, people=people)


def _load_of(row: Row[Any], now: datetime) -> TeamMemberLoad:
    person: Person = row.Person
    member = Member.of(person, now, load=row.load, is_expert=False, last_opened_at=row.last_opened_at)
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
        is_free=row.works_on_tickets and member.availability is Availability.FREE,
        expertise=row.expertise or [],
        expertise_buildings=row.expertise_buildings or [],
        last_opened_at=member.last_opened_at,
        version=person.version,
    )
