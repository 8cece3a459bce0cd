"""Stops the timers that nobody else will: those that were forgotten, and those of people who lost their access in the
moment in which they started one."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.orm import Session

from data_api.kit.database import Database
from data_api.time_tracking.ended_timer_repository import EndedTimerRepository
from data_api.time_tracking.ended_timers import stop_forgotten_timers, stop_timers_without_access

log = structlog.get_logger()


def stop_timers(database: Database, zone: ZoneInfo, longest: timedelta | None) -> None:
    """`zone` is the campus's. `longest`: how long a timer may run; None for no limit. Each person's timer is stopped in
    a transaction of its own, so that nobody waits long for it."""
    with Session(database.engine) as session, session.begin():
        stopped = stop_timers_without_access(session, zone)
    if longest is not None:
        with Session(database.engine) as session, session.begin():
            people = EndedTimerRepository(session).forgetful_people(longest)
        for person_id in people:
            with Session(database.engine) as session, session.begin():
                stopped += stop_forgotten_timers(session, zone, longest, person_id)
    if stopped:
        log.info("timers stopped", timers=stopped)
