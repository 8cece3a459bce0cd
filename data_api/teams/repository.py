"""Queries on teams."""

from collections.abc import Sequence

from sqlalchemy import Row, exists, func, select, update
from sqlalchemy.orm import Session

from data_api.lists.moving_repository import move_all, move_some, moving
from data_api.lists.repository import ListRepository
from data_api.models import Person, Team, Ticket

MOVE_SOME, MOVE_THE_REST = move_some("team"), move_all("team")


class TeamRepository(ListRepository[Team]):
    def __init__(self, session: Session) -> None:
        super().__init__(session, Team, lambda row: Person.team_id == row.id)

    def all(self) -> Sequence[Row[Team, int]]:
        """Returns all teams by name, each with the number of its active people."""
        return self.session.execute(select(Team, _PEOPLE).order_by(Team.name, Team.id)).all()

    def names(self) -> Sequence[Row[str, str]]:
        """Returns slug and name of all teams, by name."""
        return self.session.execute(select(Team.slug, Team.name).order_by(Team.name, Team.id)).all()

    def find(self, slug: str) -> Team | None:
        return self.session.scalar(select(Team).where(Team.slug == slug))

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

    def has_tickets(self, row: Team) -> bool:
        """Whether any ticket is the team's, including those that the actor may not read."""
        return self.session.scalar(select(exists().where(Ticket.team_id == row.id))) or False

    def move_some(self, row: Team, to: Team | None, actor_id: int, most: int) -> int:
        """Moves up to `most` tickets to the other team, or to none, and adds a line to the history of each. Returns how
        many were moved."""
        return self.session.connection().execute(MOVE_SOME, moving(row, to, actor_id) | {"most": most}).rowcount

    def move_the_rest(self, row: Team, to: Team | None, actor_id: int) -> None:
        self.session.connection().execute(MOVE_THE_REST, moving(row, to, actor_id))


_PEOPLE = (
    select(func.count())
    .where(Person.team_id == Team.id, Person.deactivated_at.is_(None))
    .correlate(Team)
    .scalar_subquery()
)
