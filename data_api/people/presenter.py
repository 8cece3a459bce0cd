"""Turns rows of people into contracts."""

from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import Row

from contracts.people import Namesake, Permission, PersonDetails
from contracts.teams import TeamBrief
from data_api.access.actor import Actor
from data_api.models import Person
from data_api.people.hours import hours_read, works_at


def person_details(row: Row[Any], actor: Actor, now: datetime) -> PersonDetails:
    """`now` is in the campus's time zone. Without the permission to manage people, only one's own mail address and
    username are told."""
    person: Person = row.Person
    reads_account = actor.may(Permission.PEOPLE_MANAGE) or person.id == actor.person_id
    return PersonDetails(
        id=person.id,
        name=person.name,
        roles=person.roles,
        role_names=row.role_names or [],
        email=person.email if reads_account else None,
        username=row.username if reads_account else None,
        team=TeamBrief(slug=row.team_slug, name=row.team_name) if row.team_slug else None,
        expertise=row.expertise or [],
        expertise_buildings=row.expertise_buildings or [],
        capacity=person.capacity,
        working_hours=hours_read(person.working_hours),
        works_now=works_at(person.working_hours, now),
        away_from=person.away_from,
        away_until=person.away_until,
        is_away=is_away(person, now.date()),
        deactivated_at=person.deactivated_at,
        created_at=person.created_at,
        version=person.version,
    )


class Absent(Protocol):
    """Whoever may be away: a person, or a row with these columns."""

    @property
    def away_from(self) -> date | None: ...

    @property
    def away_until(self) -> date | None: ...


def is_away(person: Absent, today: date) -> bool:
    """Without a first day, the absence has begun; without a last day, it goes on."""
    if person.away_from is None and person.away_until is None:
        return False
    return (person.away_from or date.min) <= today <= (person.away_until or date.max)


def namesake(row: Row[Any]) -> Namesake:
    return Namesake(
        id=row.id,
        name=row.name,
        roles=row.roles,
        role_names=row.role_names,
        created_at=row.created_at,
        tickets=row.tickets,
    )
