"""Queries on timers. Nobody but their owner reads them, except that staff see whose runs on a ticket."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from data_api.access.actor import Actor
from data_api.access.reading import ME, Reads, readable_by
from data_api.models import Person, Ticket, Timer

TICKET = bindparam("ticket_id", type_=BigInteger)
# The moment is read when the lock is held: of two requests at once, the second one must not measure from before the
# first one. The lock is not the person's row, which others lock to change the person.
WAIT_FOR_TURN = text(
    "SELECT clock_timestamp() FROM "
    "(SELECT pg_advisory_xact_lock(hashtextextended('lodge timer', :me)) OFFSET 0) AS turn"
)
NOW = select(func.clock_timestamp())
ADD = insert(Timer).returning(Timer.id)
SET = (
    update(Timer)
    .where(Timer.id == bindparam("timer_id", type_=BigInteger))
    .values(
        is_running=bindparam("runs", type_=Boolean),
        last_started_at=bindparam("started_at", type_=Timer.last_started_at.type),
        worked=bindparam("sum", type_=Timer.worked.type),
    )
)
DELETE = delete(Timer).where(Timer.id == bindparam("timer_id", type_=BigInteger))


class TimerRow(NamedTuple):
    """A timer as it is stored. `title` is None if its owner may not read the ticket."""

    id: int
    ticket_id: int
    title: str | None
    is_running: bool
    last_started_at: datetime
    worked: timedelta

    def shows(self, now: datetime) -> timedelta:
        """Returns how long it has measured. A clock that was set back takes nothing away."""
        return self.worked + max(now - self.last_started_at, timedelta(0)) if self.is_running else self.worked


class TicketTimers(NamedTuple):
    """A ticket, whose `title` is None if the actor may not read it, and the actor's timers: of this ticket, and the one
    that runs on another ticket."""

    title: str | None
    is_readable: bool
    own: TimerRow | None
    other: TimerRow | None


class TimerRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def wait_for_turn(self, person_id: int) -> datetime:
        """Waits until no other request changes this person's timers, keeps others waiting until the transaction ends,
        and returns the moment on the database's clock."""
        at: datetime = self.session.connection().execute(WAIT_FOR_TURN, {"me": person_id}).scalar_one()
        return at

    def now(self) -> datetime:
        at: datetime = self.session.connection().execute(NOW).scalar_one()
        return at

    def hold(self, actor: Actor, ticket_id: int) -> TicketTimers | None:
        """Reads as `of_ticket` does, and keeps the ticket from being deleted until the transaction ends. It is held
        before its timers and entries are changed, as a deletion does it, so that the two do not wait for each other."""
        return self._timers(_holding(actor.reads), actor, ticket_id)

    def of_ticket(self, actor: Actor, ticket_id: int) -> TicketTimers | None:
        """Returns the ticket also if the actor may not read it; None if there is none."""
        return self._timers(_of_ticket(actor.reads), actor, ticket_id)

    def _timers(self, statement: Select[Any], actor: Actor, ticket_id: int) -> TicketTimers | None:
        asked = {"me": actor.person_id, "ticket_id": ticket_id}
        rows = self.session.connection().execute(statement, asked).all()
        if not rows:
            return None
        timers = [TimerRow._make(row[2:]) for row in rows if row[2] is not None]
        own = next((timer for timer in timers if timer.ticket_id == ticket_id), None)
        other = next((timer for timer in timers if timer.ticket_id != ticket_id), None)
        return TicketTimers(rows[0][0], rows[0][1], own, other)

    def of_person(self, actor: Actor, most: int) -> Sequence[TimerRow]:
        """Returns the running one first, then those that were started last."""
        asked = {"me": actor.person_id, "most": most}
        return [TimerRow._make(row) for row in self.session.connection().execute(_of_person(actor.reads), asked)]

    def running(self, ticket_id: int, most: int) -> Sequence[tuple[int, str]]:
        """Returns id and name of everybody whose timer runs on this ticket, except those who were deactivated. The
        caller checks whether the ticket is readable."""
        found = self.session.connection().execute(RUNNING, {"ticket_id": ticket_id, "most": most})
        return [(row.id, row.name) for row in found]

    def add(self, actor: Actor, ticket_id: int, title: str | None, now: datetime) -> TimerRow:
        """Adds a timer that runs from now on."""
        started: dict[str, Any] = {"is_running": True, "last_started_at": now, "worked": timedelta(0)}
        values = {"person_id": actor.person_id, "ticket_id": ticket_id, **started}
        timer_id = self.session.connection().execute(ADD, values).scalar_one()
        return TimerRow(id=timer_id, ticket_id=ticket_id, title=title, **started)

    def set(self, timer: TimerRow) -> None:
        """Stores whether the timer is running, since when, and how long it ran before."""
        values = {"runs": timer.is_running, "started_at": timer.last_started_at, "sum": timer.worked}
        self.session.connection().execute(SET, values | {"timer_id": timer.id})

    def delete(self, timer: TimerRow) -> None:
        self.session.connection().execute(DELETE, {"timer_id": timer.id})


def _title(reads: Reads) -> Any:
    return case((readable_by(reads), Ticket.title))


def _columns(reads: Reads) -> tuple[Any, ...]:
    """The columns of `TimerRow`. The title is looked up for itself, because a query may be about another ticket."""
    title = select(_title(reads)).where(Ticket.id == Timer.ticket_id).correlate(Timer).scalar_subquery()
    return Timer.id, Timer.ticket_id, title.label("timer_title"), Timer.is_running, Timer.last_started_at, Timer.worked


@cache
def _of_ticket(reads: Reads) -> Select[Any]:
    mine = and_(Timer.person_id == ME, or_(Timer.ticket_id == Ticket.id, Timer.is_running))
    ticket = select(_title(reads).label("title"), readable_by(reads).label("is_readable"), *_columns(reads))
    return ticket.select_from(Ticket).outerjoin(Timer, mine).where(Ticket.id == TICKET)


@cache
def _holding(reads: Reads) -> Select[Any]:
    return _of_ticket(reads).with_for_update(read=True, key_share=True, of=Ticket)


@cache
def _of_person(reads: Reads) -> Select[Any]:
    order = (Timer.is_running.desc(), Timer.last_started_at.desc(), Timer.id.desc())
    return select(*_columns(reads)).where(Timer.person_id == ME).order_by(*order).limit(bindparam("most"))


# Whoever was deactivated can no longer stop a timer.
RUNNING = (
    select(Person.id, Person.name)
    .join(Timer, Timer.person_id == Person.id)
    .where(Timer.ticket_id == TICKET, Timer.is_running, Person.deactivated_at.is_(None))
    .order_by(Timer.last_started_at, Timer.id)
    .limit(bindparam("most"))
)
