"""Timers and entries as the contracts have them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from contracts.people import Permission, PersonBrief
from contracts.time_tracking import (
    LONG_SECONDS,
    DayTime,
    MyTimeEntry,
    PersonDays,
    StoppedBecause,
    TimeChangeRead,
    TimeEntryRead,
    TimerRead,
)
from data_api.access.actor import Actor
from data_api.time_tracking.entry_repository import ChangeRow, EntryRow, SumRow
from data_api.time_tracking.timer_repository import TimerRow


def whole_seconds(worked: timedelta) -> int:
    return worked // timedelta(seconds=1)


def whole_minutes(seconds: int) -> int:
    """Returns the rounded minutes, at least 1."""
    return max(1, (seconds + 30) // 60)


def may_change(actor: Actor, row: EntryRow) -> bool:
    return row.person_id == actor.person_id or actor.may(Permission.TIME_MANAGE)


def timer_read(row: TimerRow, now: datetime) -> TimerRead:
    seconds = whole_seconds(row.shows(now))
    return TimerRead(
        ticket_id=row.ticket_id,
        ticket_title=row.title,
        is_running=row.is_running,
        seconds=seconds,
        last_started_at=row.last_started_at,
        is_long=seconds > LONG_SECONDS,
    )


def entry_read(row: EntryRow, actor: Actor) -> TimeEntryRead:
    return TimeEntryRead(
        id=row.id,
        ticket_id=row.ticket_id,
        person=PersonBrief(id=row.person_id, name=row.person_name),
        day=row.day,
        seconds=row.seconds,
        minutes=whole_minutes(row.seconds),
        note=row.note,
        is_timed=row.is_timed,
        stopped_because=StoppedBecause(row.stopped_because) if row.stopped_because else None,
        is_unconfirmed=row.is_unconfirmed,
        may_change=may_change(actor, row),
        version=row.version,
        created_at=row.created_at,
    )


def titled_read(row: EntryRow, title: str | None, actor: Actor) -> MyTimeEntry:
    return MyTimeEntry(ticket_title=title, **dict(entry_read(row, actor)))


def person_days(rows: Sequence[SumRow]) -> PersonDays:
    """Returns the days of one person."""
    return PersonDays(
        person=PersonBrief(id=rows[0].person_id, name=rows[0].person_name),
        seconds=sum(row.seconds for row in rows),
        entries=sum(row.entries for row in rows),
        unconfirmed=sum(row.unconfirmed for row in rows),
        days=[DayTime(day=row.day, seconds=row.seconds) for row in rows],
    )


def change_read(row: ChangeRow) -> TimeChangeRead:
    told = row._asdict()
    person = PersonBrief(id=told.pop("person_id"), name=told.pop("person_name"))
    actor = PersonBrief(id=told.pop("actor_id"), name=told.pop("actor_name"))
    return TimeChangeRead(person=person, actor=actor, **told)
