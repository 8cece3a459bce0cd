"""Stops timers that their owners cannot stop, because they may no longer work on tickets, or have forgotten. What a
timer has measured until then becomes an entry, which says why. Never commits."""

from collections.abc import Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from contracts.time_tracking import StoppedBecause
from data_api.time_tracking.ended_timer_repository import EndedTimer, EndedTimerRepository
from data_api.time_tracking.presenter import whole_seconds


def stop_timers_without_access(session: Session, zone: ZoneInfo, person_id: int | None = None) -> int:
    """Stops all timers, running or paused, of people who were deactivated or whose roles no longer permit work on
    tickets; only those of one person, if one is given. Returns how many there were. Call it after each change of who
    may do what, in its transaction. `zone` is the campus's."""
    repository = EndedTimerRepository(session)
    return _make_entries(repository, repository.take_without_access(person_id), zone)


def stop_forgotten_timers(session: Session, zone: ZoneInfo, longest: timedelta, person_id: int) -> int:
    """Stops the timer of this person if it has been running for `longest` without a pause; that is also what counts of
    the stretch. Returns how many were stopped."""
    repository = EndedTimerRepository(session)
    return _make_entries(repository, repository.take_forgotten(person_id, longest), zone)


def _make_entries(repository: EndedTimerRepository, ended: Iterable[EndedTimer], zone: ZoneInfo) -> int:
    entries = [
        {
            "ticket_id": timer.ticket_id,
            "person_id": timer.person_id,
            "day": timer.last_started_at.astimezone(zone).date(),
            "seconds": max(1, whole_seconds(timer.worked)),
            "is_timed": True,
            "stopped_because": timer.because.value,
            "is_unconfirmed": timer.because is StoppedBecause.LIMIT,
        }
        for timer in ended
    ]
    repository.add_entries(entries)
    return len(entries)
