"""Queries on saved views. Each begins with what the person may see."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Boolean, Row, Select, String, and_, bindparam, cast, func, or_, select
from sqlalchemy.orm import Session

from data_api.access.reading import ME
from data_api.models import Person, Team, TicketView

MY_TEAM = select(Person.team_id).where(Person.id == ME).scalar_subquery()
# Whether the person keeps the teams, and so may change what is shared with any of them.
KEEPS_TEAMS = bindparam("keeps_teams", type_=Boolean)
IS_MINE = TicketView.owner_id == ME
IS_FOUND = or_(IS_MINE, TicketView.team_id == MY_TEAM)
IS_REACHED = or_(IS_FOUND, and_(TicketView.team_id.is_not(None), KEEPS_TEAMS))


class ViewRow(NamedTuple):
    view: TicketView
    owner: str
    team: Team | None


_VIEWS: Select[TicketView, str, Team] = (
    select(TicketView, Person.name, Team)
    .join(Person, Person.id == TicketView.owner_id)
    .outerjoin(Team, Team.id == TicketView.team_id)
)
ALL = _VIEWS.where(IS_FOUND).order_by(IS_MINE.desc(), TicketView.position, TicketView.id)
ONE = _VIEWS.where(TicketView.id == bindparam("id", type_=BigInteger), IS_REACHED)
# Names the transactions that have ended. Two equal ones see the same rows, because nothing was committed in between.
SNAPSHOT = select(cast(func.pg_current_snapshot(), String))
LOCK_ME = select(Person.id).where(Person.id == ME).with_for_update(key_share=True)
COUNT_MINE = select(func.count(), func.max(TicketView.position)).where(IS_MINE)
LOCK_TEAM = (
    select(Team)
    .where(Team.slug == bindparam("slug"), or_(Team.id == MY_TEAM, KEEPS_TEAMS))
    .with_for_update(key_share=True)
)


class ViewRepository:
    """`me` is the number of the person who asks; `keeps_teams`: whether this person manages the teams."""

    def __init__(self, session: Session, me: int, *, keeps_teams: bool) -> None:
        self.session = session
        self.asked = {"me": me, "keeps_teams": keeps_teams}

    def all(self) -> Sequence[ViewRow]:
        """Returns this person's views, and then those of their team."""
        return [ViewRow(*row) for row in self.session.execute(ALL, self.asked)]

    def snapshot(self) -> str:
        """Returns a text that is another one as soon as anything in the database has been changed."""
        return self.session.connection().scalars(SNAPSHOT).one()

    def find(self, view_id: int) -> ViewRow | None:
        return _row(self.session.execute(ONE, self.asked | {"id": view_id}).one_or_none())

    def lock(self, view_id: int) -> ViewRow | None:
        """Returns the view as `find` does, and locks it against changes until the transaction ends."""
        statement = ONE.with_for_update(of=TicketView)
        return _row(self.session.execute(statement, self.asked | {"id": view_id}).one_or_none())

    def hold_mine(self) -> tuple[int, int | None]:
        """Counts this person's views, and lets no other request add one until the transaction ends. Returns the number,
        and the last position."""
        self.session.execute(LOCK_ME, self.asked)
        number, last = self.session.execute(COUNT_MINE, self.asked).one()
        return number, last

    def hold_team(self, slug: str) -> Team | None:
        """Returns the team, if this person may share views with it, and lets no other request share one with it until
        the transaction ends."""
        return self.session.scalar(LOCK_TEAM, self.asked | {"slug": slug})

    def count_of(self, team: Team, but: int | None) -> int:
        """Counts the views that are shared with the team, without the view `but`."""
        counted = select(func.count()).where(TicketView.team_id == team.id, TicketView.id.is_distinct_from(but))
        return self.session.scalars(counted).one()

    def add(self, values: dict[str, Any]) -> TicketView:
        view = TicketView(owner_id=self.asked["me"], **values)
        self.session.add(view)
        self.session.flush()
        return view

    def delete(self, view: TicketView) -> None:
        self.session.delete(view)
        self.session.flush()


def _row(row: Row[TicketView, str, Team] | None) -> ViewRow | None:
    return None if row is None else ViewRow(*row)
