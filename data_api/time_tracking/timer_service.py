"""Starts, pauses and stops the timers of one person. Never commits: the request's session does."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from contracts.time_tracking import (
    MOST_PAUSED,
    MOST_UNCONFIRMED,
    MyTimers,
    TimeEntryRead,
    TimerAction,
    TimerChange,
    TimerChanged,
)
from data_api.access.actor import Actor
from data_api.tickets.errors import TicketNotFound
from data_api.time_tracking.entry_repository import EntryRepository, EntryRow
from data_api.time_tracking.errors import NoTimer
from data_api.time_tracking.presenter import entry_read, timer_read, titled_read, whole_minutes, whole_seconds
from data_api.time_tracking.timer_repository import TicketTimers, TimerRepository, TimerRow
from service_kit.errors import InvalidInput


class TimerService:
    """The timers of the actor. `clock` takes the place of the database's clock in tests."""

    def __init__(
        self,
        actor: Actor,
        timers: TimerRepository,
        entries: EntryRepository,
        campus_zone: ZoneInfo,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.actor = actor
        self.timers = timers
        self.entries = entries
        self.campus_zone = campus_zone
        self.clock = clock

    def mine(self) -> MyTimers:
        rows = self.timers.of_person(self.actor, MOST_PAUSED + 1)
        now = self.timers.now()
        shown = [timer_read(row, now) for row in rows]
        running = shown[0] if shown and shown[0].is_running else None
        return MyTimers(
            running=running,
            paused=[one for one in shown if not one.is_running][:MOST_PAUSED],
            unconfirmed=[
                titled_read(row, title, self.actor)
                for row, title in self.entries.unconfirmed(self.actor, MOST_UNCONFIRMED)
            ],
            as_of=now,
        )

    def change(self, ticket_id: int, wish: TimerChange) -> TimerChanged:
        """Starts, pauses or stops the timer of a ticket. A start pauses the timer that runs on another ticket. What is
        running already, or paused already, stays so. Raises TicketNotFound, NoTimer, InvalidInput."""
        at = self.timers.wait_for_turn(self.actor.person_id)
        now = self.clock() if self.clock else at
        ticket = self.timers.hold(self.actor, ticket_id)
        # Whoever may no longer read the ticket must still be able to pause and stop their timer.
        if ticket is None or not (ticket.is_readable or (ticket.own and wish.action is not TimerAction.START)):
            raise TicketNotFound(ticket_id)
        if wish.action is TimerAction.START:
            return self._start(ticket_id, ticket, now)
        if (own := ticket.own) is None:
            raise NoTimer(ticket_id)
        if wish.action is TimerAction.PAUSE:
            return TimerChanged(timer=timer_read(self._paused(own, now), now), paused=None, entry=None, as_of=now)
        return TimerChanged(timer=None, paused=None, entry=self._stop(own, wish, now), as_of=now)

    def changed_before(self, ticket_id: int, entry_id: int | None) -> TimerChanged:
        """Answers a change that was made already, as things are now. `entry_id`: the entry that it made."""
        ticket = self.timers.of_ticket(self.actor, ticket_id)
        entry = self.entries.find(self.actor, entry_id) if entry_id else None
        now = self.timers.now()
        return TimerChanged(
            timer=timer_read(ticket.own, now) if ticket and ticket.own else None,
            paused=None,
            entry=entry_read(entry, self.actor) if entry else None,
            as_of=now,
        )

    def _start(self, ticket_id: int, ticket: TicketTimers, now: datetime) -> TimerChanged:
        # First, because one timer runs at most at any moment.
        paused = timer_read(self._paused(ticket.other, now), now) if ticket.other else None
        own = ticket.own
        if own is None:
            own = self.timers.add(self.actor, ticket_id, ticket.title, now)
        elif not own.is_running:
            own = own._replace(is_running=True, last_started_at=now)
            self.timers.set(own)
        return TimerChanged(timer=timer_read(own, now), paused=paused, entry=None, as_of=now)

    def _paused(self, timer: TimerRow, now: datetime) -> TimerRow:
        """Pauses the timer, if it is running."""
        if timer.is_running:
            timer = timer._replace(worked=timer.shows(now), is_running=False)
            self.timers.set(timer)
        return timer

    def _stop(self, timer: TimerRow, wish: TimerChange, now: datetime) -> TimeEntryRead:
        """Makes an entry of what the timer shows, in whole seconds and at least one, for the day on which it was
        started last. If the person corrects how long it was, the log has what it showed."""
        shown = max(1, whole_seconds(timer.shows(now)))
        if wish.minutes is not None and wish.minutes * 60 >= shown + 60:
            raise InvalidInput.in_field("body.minutes", f"the timer shows only {whole_minutes(shown)} minutes")
        values: dict[str, Any] = {
            "ticket_id": timer.ticket_id,
            "person_id": self.actor.person_id,
            "day": timer.last_started_at.astimezone(self.campus_zone).date(),
            "seconds": shown if wish.minutes is None else wish.minutes * 60,
            "note": wish.note or None,
            "is_timed": True,
        }
        self.timers.delete(timer)
        entry_id, made_at = self.entries.add(values)
        row = EntryRow(id=entry_id, person_name=self.actor.name, version=1, created_at=made_at, **values)
        if row.seconds != shown:
            self.entries.record(self.actor, row._replace(seconds=shown), row)
        return entry_read(row, self.actor)
