"""Queries on the timers that somebody else than their owner stops."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Interval, and_, bindparam, case, delete, func, insert, or_, select, text
from sqlalchemy.orm import Session

from contracts.people import Permission
from contracts.time_tracking import StoppedBecause
from data_api.access.roles import may
from data_api.models import Person, Ticket, TimeEntry, Timer

IS_DEACTIVATED = Person.deactivated_at.is_not(None)
WITHOUT_ACCESS = and_(Person.id == Timer.person_id, or_(IS_DEACTIVATED, ~may(Permission.TICKETS_WORK)))
LONGEST = bindparam("longest", type_=Interval)
NOW = func.clock_timestamp()
# A clock that was set back takes nothing away.
STRETCH = case((Timer.is_running, func.greatest(NOW - Timer.last_started_at, timedelta())), else_=timedelta())
IS_FORGOTTEN = and_(Timer.is_running, Timer.last_started_at <= NOW - LONGEST)
OWNERS = select(Timer.person_id).join(Person, WITHOUT_ACCESS).distinct()
FORGETFUL = select(Timer.person_id).where(IS_FORGOTTEN).order_by(Timer.person_id)
TICKETS = select(Timer.ticket_id)
ADD = insert(TimeEntry)


# In the order of their ids, so that two who do this do not wait for each other.
TAKE_TURNS = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('lodge timer', id)) FROM "
    "(SELECT unnest(CAST(:people AS bigint[])) AS id ORDER BY id OFFSET 0) AS owners"
)


class EndedTimer(NamedTuple):
    """`worked` is all that the timer has measured."""

    ticket_id: int
    person_id: int
    last_started_at: datetime
    worked: timedelta
    because: StoppedBecause


class EndedTimerRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def forgetful_people(self, longest: timedelta) -> Sequence[int]:
        """Returns whose timer has been running for this long, by id."""
        return self.session.scalars(FORGETFUL, {"longest": longest}).all()

    def take_without_access(self, person_id: int | None) -> Sequence[EndedTimer]:
        """Deletes the timers of people who may not work on tickets, and returns them."""
        self.session.flush()
        owners = OWNERS if person_id is None else OWNERS.where(Timer.person_id == person_id)
        people = self.session.scalars(owners).all()
        if not people:
            return []
        self._wait_for_turn_of(people)
        self._hold_tickets(Timer.person_id.in_(people))
        worked = (Timer.worked + STRETCH).label("worked")
        columns = (Timer.ticket_id, Timer.person_id, Timer.last_started_at, worked, IS_DEACTIVATED.label("is_out"))
        taken = delete(Timer).where(WITHOUT_ACCESS, Timer.person_id.in_(people)).returning(*columns)
        return [
            EndedTimer(*row[:4], StoppedBecause.DEACTIVATED if row.is_out else StoppedBecause.ROLE)
            for row in self.session.connection().execute(taken)
        ]

    def take_forgotten(self, person_id: int, longest: timedelta) -> Sequence[EndedTimer]:
        """Deletes the person's running timer if it has been running for this long, and returns it with `longest` as the
        length of the stretch."""
        self._wait_for_turn_of([person_id])
        own = Timer.person_id == person_id
        self._hold_tickets(and_(own, Timer.is_running))
        columns = (Timer.ticket_id, Timer.person_id, Timer.last_started_at, (Timer.worked + LONGEST).label("worked"))
        taken = delete(Timer).where(own, IS_FORGOTTEN).returning(*columns)
        rows = self.session.connection().execute(taken, {"longest": longest})
        return [EndedTimer(*row, StoppedBecause.LIMIT) for row in rows]

    def add_entries(self, entries: Sequence[Mapping[str, Any]]) -> None:
        if entries:
            self.session.connection().execute(ADD, entries)

    def _wait_for_turn_of(self, people: Sequence[int]) -> None:
        """Waits until none of them changes a timer, and keeps them waiting (`timer_repository.WAIT_FOR_TURN`)."""
        self.session.connection().execute(TAKE_TURNS, {"people": [*people]})

    def _hold_tickets(self, timers: ColumnElement[bool]) -> None:
        """Keeps the tickets of these timers from being deleted. They are held before the timers, as a deletion does
        it."""
        held = select(Ticket.id).where(Ticket.id.in_(TICKETS.where(timers))).order_by(Ticket.id)
        self.session.connection().execute(held.with_for_update(read=True, key_share=True))
