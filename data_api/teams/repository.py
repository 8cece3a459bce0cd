"""Queries on teams."""

from collections.abc import Sequence

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from data_api.lists.repository import ListRepository
from data_api.models import Person, Team


class TeamRepository(ListRepository[Team]):
    def __init__(self, session: Session) -> None:
        super().__init__(session, Team, lambda row: Person.team_id == row.id)

    def all(self) -> Sequence[Row[Team, int]]:
        """Returns all teams by name, each with the number of its active people."""
        return self.session.execute(select(Team, _PEOPLE).order_by(Team.name, Team.id)).all()

    def people(self, row: Team) -> int:
        """Counts the team's active people."""
        people: int = self.session.scalars(select(_PEOPLE).where(Team.id == row.id)).one()
        return people

    def everybody(self, row: Team) -> int:
        """Counts the team's people, also those who were deactivated."""
        return self.session.scalars(select(func.count()).where(Person.team_id == row.id)).one()

    def move_people(self, row: Team, to: Team) -> None:
        people = update(Person).where(Person.team_id == row.id)
        values = {"team_id": to.id, "version": Person.version + 1}
        self.session.execute(people.values(values), execution_options={"synchronize_session": False})


_PEOPLE = (
    select(func.count())
    .where(Person.team_id == Team.id, Person.deactivated_at.is_(None))
    .correlate(Team)
    .scalar_subquery()
)
