"""Reads, adds, corrects and deletes entries of time. Never commits: the request's session does."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from contracts.pages import Page, PageQuery
from contracts.people import PersonBrief
from contracts.time_tracking import (
    MOST_DAYS,
    MOST_DAYS_OF_TEAM,
    MOST_PEOPLE,
    DayTime,
    MyTime,
    MyTimeQuery,
    PersonTime,
    TeamTime,
    TeamTimeQuery,
    TimeChangeRead,
    TimeEntryCreate,
    TimeEntryRead,
    TimeEntryUpdate,
    TimeOfTicket,
)
from data_api.access.actor import Actor
from data_api.kit.paging import read_cursor, write_cursor
from data_api.kit.versions import check_version
from data_api.tickets.errors import TicketNotFound
from data_api.tickets.repository import TicketRepository
from data_api.time_tracking.entry_repository import EntryRepository, EntryRow, TeamDays
from data_api.time_tracking.errors import TimeEntryNotFound
from data_api.time_tracking.presenter import (
    change_read,
    entry_read,
    may_change,
    person_days,
    timer_read,
    titled_read,
    whole_minutes,
)
from data_api.time_tracking.timer_repository import TimerRepository
from service_kit.errors import InvalidInput, NotPermitted

# Days in cursors are numbers.
ANY_DAY = range(date.min.toordinal(), date.max.toordinal() + 1)
USUAL_DAYS = 7


class EntryService:
    """The rules of entries for one actor, who works on tickets. Raises TimeEntryNotFound for an entry that the actor
    may not read."""

    def __init__(
        self,
        actor: Actor,
        entries: EntryRepository,
        timers: TimerRepository,
        tickets: TicketRepository,
        campus_zone: ZoneInfo,
    ) -> None:
        self.actor = actor
        self.entries = entries
        self.timers = timers
        self.tickets = tickets
        self.campus_zone = campus_zone

    def of_ticket(self, ticket_id: int, query: PageQuery) -> TimeOfTicket:
        kind = f"time {ticket_id}"
        rows = self.entries.page(ticket_id, _position(kind, query.cursor), query.limit)
        total = self.entries.total(ticket_id)
        people = self.entries.by_person(ticket_id, MOST_PEOPLE)
        ticket = self.timers.of_ticket(self.actor, ticket_id)
        running = self.timers.running(ticket_id, MOST_PEOPLE)
        # Checked last: if the ticket becomes confidential meanwhile, what was added after that must not be shown.
        self._check_readable(ticket_id)
        now = self.timers.now()
        return TimeOfTicket(
            items=[entry_read(row, self.actor) for row in rows[: query.limit]],
            next_cursor=_cursor_after(kind, rows, query.limit),
            seconds=total,
            people=[
                PersonTime(person=PersonBrief(id=person_id, name=name), seconds=seconds, entries=entries)
                for person_id, name, seconds, entries in people
            ],
            timer=timer_read(ticket.own, now) if ticket and ticket.own else None,
            running=[PersonBrief(id=person_id, name=name) for person_id, name in running],
            as_of=now,
        )

    def entry(self, entry_id: int) -> TimeEntryRead:
        row = self.entries.find(self.actor, entry_id)
        if row is None:
            raise TimeEntryNotFound(entry_id)
        return entry_read(row, self.actor)

    def add(self, ticket_id: int, new: TimeEntryCreate) -> TimeEntryRead:
        """Adds an entry of the actor's. Raises TicketNotFound, InvalidInput."""
        ticket = self.timers.hold(self.actor, ticket_id)
        if ticket is None or not ticket.is_readable:
            raise TicketNotFound(ticket_id)
        self._check_day(new.day)
        values: dict[str, Any] = {
            "ticket_id": ticket_id,
            "person_id": self.actor.person_id,
            "day": new.day,
            "seconds": new.minutes * 60,
            "note": new.note or None,
            "is_timed": False,
        }
        entry_id, made_at = self.entries.add(values)
        row = EntryRow(id=entry_id, person_name=self.actor.name, version=1, created_at=made_at, **values)
        return entry_read(row, self.actor)

    def update(self, entry_id: int, change: TimeEntryUpdate) -> TimeEntryRead:
        """Corrects an entry, which the log tells. What changes nothing says that the entry is right.

        Raises NotPermitted, StaleVersion, InvalidInput."""
        row = self._locked(entry_id)
        check_version(change.version, row.version, f"Time entry {entry_id}", entry_read(row, self.actor))
        given = change.model_fields_set
        now = row
        if change.minutes is not None and change.minutes != whole_minutes(row.seconds):
            now = now._replace(seconds=change.minutes * 60)
        if change.day is not None and change.day != row.day:
            self._check_day(change.day)
            now = now._replace(day=change.day)
        if "note" in given:
            now = now._replace(note=change.note or None)
        if now != row:
            self.entries.change(now)
            self.entries.record(self.actor, row, now)
            now = now._replace(version=row.version + 1, is_unconfirmed=False)
        elif row.is_unconfirmed:
            self.entries.confirm(entry_id)
            now = now._replace(is_unconfirmed=False)
        return entry_read(now, self.actor)

    def delete(self, entry_id: int) -> None:
        """Deletes an entry, which the log tells. Raises NotPermitted."""
        row = self._locked(entry_id)
        self.entries.delete(entry_id)
        self.entries.record(self.actor, row, None)

    def changes(self, ticket_id: int, query: PageQuery) -> Page[TimeChangeRead]:
        kind = f"changes of time {ticket_id}"
        after = read_cursor(kind, query.cursor, (int,)) if query.cursor else []
        rows = self.entries.changes(ticket_id, after, query.limit)
        self._check_readable(ticket_id)
        shown = rows[: query.limit]
        cursor = write_cursor(kind, [shown[-1].id]) if len(rows) > query.limit else None
        return Page[TimeChangeRead](items=[change_read(row) for row in shown], next_cursor=cursor)

    def mine(self, query: MyTimeQuery) -> MyTime:
        first, last = self._asked_days(query)
        kind = f"my time {first} {last}"
        rows = self.entries.mine(self.actor, first, last, _position(kind, query.cursor), query.limit)
        days = self.entries.days(self.actor, first, last)
        return MyTime(
            items=[titled_read(row, title, self.actor) for row, title in rows[: query.limit]],
            next_cursor=_cursor_after(kind, [row for row, _ in rows], query.limit),
            seconds=sum(seconds for _, seconds in days),
            days=[DayTime(day=day, seconds=seconds) for day, seconds in days],
            first=first,
            last=last,
        )

    def of_team(self, query: TeamTimeQuery) -> TeamTime:
        """Returns the time of several people. Raises InvalidInput."""
        first, last = self._asked_days(query, MOST_DAYS_OF_TEAM)
        asked = TeamDays(first, last, query.team, query.person)
        kind = f"time {first} {last} {query.team} {query.person}"
        rows = self.entries.of_team(self.actor, asked, _position(kind, query.cursor), query.limit)
        sums = self.entries.sums_of_team(self.actor, asked)
        people = [person_days(list(days)) for _, days in groupby(sums, lambda row: row.person_id)]
        return TeamTime(
            items=[titled_read(row, title, self.actor) for row, title in rows[: query.limit]],
            next_cursor=_cursor_after(kind, [row for row, _ in rows], query.limit),
            seconds=sum(one.seconds for one in people),
            people=people[:MOST_PEOPLE],
            more_people=len(people) > MOST_PEOPLE,
            first=first,
            last=last,
        )

    def _asked_days(self, query: MyTimeQuery | TeamTimeQuery, most: int = MOST_DAYS) -> tuple[date, date]:
        last = query.to or self._today()
        first = query.from_ or date.fromordinal(max(1, last.toordinal() - USUAL_DAYS + 1))
        if first > last:
            raise InvalidInput.in_field("query.from", "is after the last day")
        if (last - first).days >= most:
            raise InvalidInput.in_field("query.from", f"at most {most} days can be asked for")
        return first, last

    def _locked(self, entry_id: int) -> EntryRow:
        row = self.entries.lock(self.actor, entry_id)
        if row is None:
            raise TimeEntryNotFound(entry_id)
        if not may_change(self.actor, row):
            raise NotPermitted("Only its owner and managers change this entry.")
        return row

    def _check_readable(self, ticket_id: int) -> None:
        if not self.tickets.is_readable(self.actor, ticket_id):
            raise TicketNotFound(ticket_id)

    def _check_day(self, day: date) -> None:
        today = self._today()
        if day > today:
            raise InvalidInput.in_field("body.day", "is in the future")
        if day < today - timedelta(days=MOST_DAYS):
            raise InvalidInput.in_field("body.day", f"is more than {MOST_DAYS} days ago")

    def _today(self) -> date:
        return self.timers.now().astimezone(self.campus_zone).date()


def _position(kind: str, cursor: str | None) -> list[date | int]:
    if not cursor:
        return []
    day, number = read_cursor(kind, cursor, (ANY_DAY, int))
    return [date.fromordinal(day), number]


def _cursor_after(kind: str, rows: Sequence[EntryRow], limit: int) -> str | None:
    if len(rows) <= limit:
        return None
    last = rows[limit - 1]
    return write_cursor(kind, [last.day.toordinal(), last.id])
