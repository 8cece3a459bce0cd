"""The timers of twenty people: thousands of random changes against a calculation that knows nothing of how they are
stored, and twenty starts at once."""

import random
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from contracts.people import Role
from contracts.time_tracking import TimeEntryUpdate, TimerAction, TimerChange
from data_api.access.actor import Actor
from data_api.kit.database import make_engine
from data_api.models import TimeEntry, TimeEntryChange, Timer
from data_api.tickets.repository import TicketRepository
from data_api.time_tracking.entry_repository import EntryRepository
from data_api.time_tracking.entry_service import EntryService
from data_api.time_tracking.errors import NoTimer
from data_api.time_tracking.timer_repository import TimerRepository
from data_api.time_tracking.timer_service import TimerService
from service_kit.errors import NotPermitted
from tests.support import rows
from tests.support.actors import actor_of

ZONE = ZoneInfo("Pacific/Auckland")
CHANGES, PEOPLE, TICKETS = 10_000, 20, 6
START, PAUSE, STOP = TimerAction.START, TimerAction.PAUSE, TimerAction.STOP
WISHES = {action: TimerChange(action=action) for action in TimerAction}
Whose = tuple[int, int]  # a person and a ticket


@dataclass
class Log:
    """What was wanted, in order, and which entries were corrected to how many minutes."""

    timers: list[tuple[datetime, int, int, TimerAction]] = field(default_factory=list)
    refused: list[bool] = field(default_factory=list)
    corrected: dict[int, int] = field(default_factory=dict)
    changes: int = 0


@dataclass
class Calculated:
    entries: list[tuple[int, int, int, date]]  # person, ticket, seconds, day
    open_timers: dict[Whose, tuple[bool, timedelta]]  # whether it runs, and what it shows
    refused: list[bool]


def calculated(log: Log, end: datetime) -> Calculated:
    """Works out for each person when they worked on what, as pairs of moments, and adds those up."""
    current: dict[int, tuple[int, datetime]] = {}
    times: dict[Whose, list[tuple[datetime, datetime]]] = defaultdict(list)
    entries, refused = [], []

    def end_current(person: int, at: datetime) -> None:
        if person in current:
            ticket, begun = current.pop(person)
            times[person, ticket].append((begun, at))

    for at, person, ticket, action in log.timers:
        is_current = person in current and current[person][0] == ticket
        refused.append(action is not START and not is_current and not times.get((person, ticket)))
        if refused[-1] or (action is START and is_current) or (action is PAUSE and not is_current):
            continue
        if action is START or is_current:
            end_current(person, at)
        if action is START:
            current[person] = (ticket, at)
        if action is STOP:
            spans = times.pop((person, ticket))
            total = sum(((until - since) // timedelta(microseconds=1) for since, until in spans), 0)
            entries.append((person, ticket, max(1, total // 1_000_000), spans[-1][0].astimezone(ZONE).date()))
    running = {(person, ticket) for person, (ticket, _) in current.items()}
    for person in list(current):
        end_current(person, end)
    shown = {
        whose: (whose in running, sum((b - a for a, b in spans), timedelta()))
        for whose, spans in times.items()
        if spans
    }
    return Calculated(entries, shown, refused)


@pytest.fixture
def tickets(database: Session) -> list[int]:
    connection = database.connection()
    people = [rows.person(connection, f"Agent {number}", "agent") for number in range(PEOPLE)]
    return rows.tickets(connection, [{"requester_id": people[0]} for _ in range(TICKETS)])


def test_thousands_of_random_changes_are_as_calculated(database: Session, tickets: list[int]) -> None:
    chance, log = random.Random(33), Log()
    clock = [datetime(2026, 3, 30, 20, tzinfo=UTC)]
    ids = database.scalars(select(rows.Person.id).order_by(rows.Person.id.desc()).limit(PEOPLE)).all()
    agents = {person: actor_of(Role.AGENT, person_id=person) for person in ids}
    manager = actor_of(Role.MANAGER, person_id=ids[0])
    timers, entries = TimerRepository(database), EntryRepository(database)

    def entry_service(actor: Actor) -> EntryService:
        return EntryService(actor, entries, timers, TicketRepository(database), ZONE)

    services = {
        person: TimerService(agent, timers, entries, ZONE, lambda: clock[0]) for person, agent in agents.items()
    }
    made: list[tuple[int, int, int]] = []  # id, person and version of each entry

    def correct() -> None:
        place = chance.randrange(len(made))
        entry_id, owner, version = made[place]
        minutes = chance.randint(1, 90)
        change = TimeEntryUpdate(version=version, minutes=minutes)
        if chance.random() < 0.1:
            stranger = next(agent for person, agent in agents.items() if person != owner)
            with pytest.raises(NotPermitted):
                entry_service(stranger).update(entry_id, change)
            return
        now = entry_service(chance.choice([agents[owner], manager])).update(entry_id, change)
        if now.version != version:
            log.changes += 1
            log.corrected[entry_id] = minutes
        made[place] = (entry_id, owner, now.version)

    for _ in range(CHANGES):
        clock[0] += timedelta(microseconds=chance.randrange(90_000_000))
        if made and chance.random() < 0.12:
            correct()
            continue
        person, ticket = chance.choice(ids), chance.choice(tickets)
        action = chance.choices((START, PAUSE, STOP), (5, 2, 3))[0]
        log.timers.append((clock[0], person, ticket, action))
        try:
            answer = services[person].change(ticket, WISHES[action])
        except NoTimer:
            log.refused.append(True)
            continue
        log.refused.append(False)
        if answer.entry:
            made.append((answer.entry.id, person, 1))

    found = calculated(log, clock[0])
    assert log.refused == found.refused
    assert len(found.entries) > 1_000
    stored = database.execute(
        select(TimeEntry.id, TimeEntry.person_id, TimeEntry.ticket_id, TimeEntry.seconds, TimeEntry.day).order_by(
            TimeEntry.id
        )
    ).all()
    corrected = [
        (*whose, log.corrected[row.id] * 60 if row.id in log.corrected else seconds, day)
        for row, (*whose, seconds, day) in zip(stored, found.entries, strict=True)
    ]
    assert [tuple(row[1:]) for row in stored] == corrected
    assert database.scalar(select(func.count()).select_from(TimeEntryChange)) == log.changes > 500
    assert shown_at(database, clock[0]) == found.open_timers
    assert sum(is_running for is_running, _ in found.open_timers.values()) > PEOPLE / 2


def shown_at(database: Session, now: datetime) -> dict[Whose, tuple[bool, timedelta]]:
    return {
        (timer.person_id, timer.ticket_id): (
            timer.is_running,
            timer.worked + (now - timer.last_started_at if timer.is_running else timedelta()),
        )
        for timer in database.scalars(select(Timer))
    }


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


def test_of_twenty_starts_at_once_one_runs(engine: Engine) -> None:
    """Each in a session and transaction of its own, as in several workers. The others are paused, and each moment
    counts once: what the timers show together is no longer than it took."""
    with engine.begin() as connection:
        person = rows.person(connection, "Ada Okafor", "agent")
        numbers = rows.tickets(connection, [{"requester_id": person} for _ in range(5)])
    actor, together = actor_of(Role.AGENT, person_id=person), Barrier(20)

    def start(number: int) -> int | None:
        together.wait()
        with Session(engine) as session, session.begin():
            service = TimerService(actor, TimerRepository(session), EntryRepository(session), ZONE)
            paused = service.change(numbers[number % 5], WISHES[START]).paused
            return paused.ticket_id if paused else None

    with Session(engine) as session:
        begun = TimerRepository(session).now()
        with ThreadPoolExecutor(20) as pool:
            told = list(pool.map(start, range(20)))
        now = TimerRepository(session).now()
        shown = shown_at(session, now)
    assert sum(is_running for is_running, _ in shown.values()) == 1
    assert len(shown) == 5
    assert sum((worked for _, worked in shown.values()), timedelta()) <= now - begun
    assert None in told, "the first one finds none running"
    assert sum(one is not None for one in told) >= 4


def test_the_database_itself_lets_one_run(engine: Engine) -> None:
    with engine.begin() as connection:
        person = rows.person(connection, "Ada Okafor", "agent")
        numbers = rows.tickets(connection, [{"requester_id": person} for _ in range(2)])
    timer = {"person_id": person, "is_running": True, "last_started_at": datetime.now(UTC), "worked": timedelta()}
    with engine.connect() as connection, pytest.raises(Exception, match="uq_timer_running"):
        rows.add(connection, Timer, [timer | {"ticket_id": number} for number in numbers])
