"""Queries for what each person of a team has to do."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from contracts.people import Permission
from data_api.access.roles import may
from data_api.assignment.repository import LAST_OPENED_AT, LOAD
from data_api.models import Person, Team, Ticket
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


class LoadRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def team(self, slug: str) -> tuple[Team, int] | None:
        """Returns the team, and how many of its tickets that are not closed nobody has."""
        row = self.session.execute(select(Team, QUEUED).where(Team.slug == slug)).one_or_none()
        return None if row is None else (row[0], row[1])

    def people(self, team: Team) -> Sequence[Row[Any]]:
        return self.session.execute(PEOPLE.where(Person.team_id == team.id)).all()
