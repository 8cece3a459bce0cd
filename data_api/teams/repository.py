"""Queries on teams."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Row, String, bindparam, exists, func, select, text, update
from sqlalchemy.orm import Session

from data_api.lists.repository import ListRepository
from data_api.models import Person, Team, Ticket

MOVING_MILLISECONDS = 20 * 60_000
# `modified_at` is not changed: otherwise old tickets would be listed above those that are being worked on.
MOVE_TICKETS = text("""
WITH moved AS (
    UPDATE ticket SET team_id = :to_id, version = version + 1 WHERE team_id = :from_id RETURNING id
)
INSERT INTO ticket_event (ticket_id, kind, from_value, to_value, actor_id, occurred_at)
SELECT id, 'team', :from_slug, :to_slug, :actor, clock_timestamp() FROM moved
""").bindparams(bindparam("to_id", type_=BigInteger), bindparam("to_slug", type_=String))


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

    def has_tickets(self, row: Team) -> bool:
        """Whether any ticket is the team's, including those that the actor may not read."""
        return self.session.scalar(select(exists().where(Ticket.team_id == row.id))) or False

    def move_tickets(self, row: Team, to: Team | None, actor_id: int) -> None:
        """Moves all tickets of the team to the other one, or to none, and adds an event to the history of each. Raises
        the statement timeout until the transaction ends: moving a million tickets takes minutes."""
        self.session.execute(text(f"SET LOCAL statement_timeout = {MOVING_MILLISECONDS}"))
        slugs = {"from_slug": row.slug, "to_slug": to.slug if to else None}
        ids = {"from_id": row.id, "to_id": to.id if to else None, "actor": actor_id}
        self.session.connection().execute(MOVE_TICKETS, slugs | ids)


_PEOPLE = (
    select(func.count())
    .where(Person.team_id == Team.id, Person.deactivated_at.is_(None))
    .correlate(Team)
    .scalar_subquery()
)
