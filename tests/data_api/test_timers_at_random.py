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
CHANGES, PEOPLE, TICKETS, AT_ONCE = 10_000, 20, 6, 4
END = datetime(2026, 5, 1, tzinfo=UTC)
START, PAUSE, STOP = TimerAction.START, TimerAction.PAUSE, TimerAction.STOP
WISHES = {action: TimerChange(action=action) for action in TimerAction}
STORED = select(TimeEntry.id, TimeEntry.person_id, TimeEntry.ticket_id, TimeEntry.seconds, TimeEntry.day).order_by(
    TimeEntry.id
)
Whose = tuple[int, int]  # a person and a ticket


@dataclass
class Log:
    """What was wanted, in order, and which entries were corrected to how many seconds."""

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
def engine(database_url: str) -> Iterator[Engine]:
    # What is tested does not depend on plans, nor on what a crash would leave; both cost most of the time.
    made = make_engine(database_url, "-c plan_cache_mode=auto -c synchronous_commit=off")
    yield made
    made.dispose()


def test_thousands_of_random_changes_are_as_calculated(engine: Engine) -> None:
    """Several people at the same time, each of whose changes are in order."""
    with engine.begin() as connection:
        ids = [rows.person(connection, f"Agent {number}", "agent") for number in range(PEOPLE)]
        tickets = rows.tickets(connection, [{"requester_id": ids[0]} for _ in range(TICKETS)])
    groups = [ids[place::AT_ONCE] for place in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        work = [Work(engine, group, tickets, number) for number, group in enumerate(groups)]
        for _ in pool.map(Work.change_at_random, work):
            pass
    with Session(engine) as session:
        shown = shown_at(session, END)
        stored = session.execute(STORED).all()
        changes = session.scalar(select(func.count()).select_from(TimeEntryChange))
    calculations = [calculated(one.log, END) for one in work]
    assert [one.log.refused for one in work] == [found.refused for found in calculations]
    for one, found in zip(work, calculations, strict=True):
        own = [row for row in stored if row.person_id in one.people]
        assert [tuple(row[1:]) for row in own] == [
            (*whose, one.log.corrected.get(row.id, seconds), day)
            for row, (*whose, seconds, day) in zip(own, found.entries, strict=True)
        ]
    assert shown == {whose: timer for found in calculations for whose, timer in found.open_timers.items()}
    assert sum(is_running for is_running, _ in shown.values()) > PEOPLE / 2
    assert len(stored) > 1_000
    assert changes == sum(one.log.changes for one in work) > 500


class Work:
    """Changes what belongs to some of the people, at random, and logs what was wanted."""

    def __init__(self, engine: Engine, people: list[int], tickets: list[int], seed: int) -> None:
        self.engine = engine
        self.people = people
        self.tickets = tickets
        self.chance = random.Random(seed)
        self.log = Log()
        self.now = datetime(2026, 3, 30, 20, tzinfo=UTC)
        self.agents = {person: actor_of(Role.AGENT, person_id=person) for person in people}
        self.made: list[tuple[int, int, int]] = []  # id, person and version of each entry

    def change_at_random(self) -> None:
        with Session(self.engine) as session:
            for number in range(CHANGES // AT_ONCE):
                if number % 20 == 0:
                    session.commit()  # a longer transaction would keep the former state of each timer
                self.now += timedelta(microseconds=self.chance.randrange(90_000_000))
                if self.made and self.chance.random() < 0.12:
                    self._correct(session)
                else:
                    self._change_timer(session)
            session.commit()

    def _change_timer(self, session: Session) -> None:
        person, ticket = self.chance.choice(self.people), self.chance.choice(self.tickets)
        action = self.chance.choices((START, PAUSE, STOP), (5, 2, 3))[0]
        self.log.timers.append((self.now, person, ticket, action))
        repositories = TimerRepository(session), EntryRepository(session)
        service = TimerService(self.agents[person], *repositories, ZONE, lambda: self.now)
        try:
            entry = service.change(ticket, WISHES[action]).entry
        except NoTimer:
            self.log.refused.append(True)
            return
        self.log.refused.append(False)
        if entry:
            self.made.append((entry.id, person, 1))

    def _correct(self, session: Session) -> None:
        place = self.chance.randrange(len(self.made))
        entry_id, owner, version = self.made[place]
        change = TimeEntryUpdate(version=version, minutes=self.chance.randint(1, 90))
        manager = actor_of(Role.MANAGER, person_id=self.people[0])
        if self.chance.random() < 0.1:
            stranger = next(agent for person, agent in self.agents.items() if person != owner)
            with pytest.raises(NotPermitted):
                entries_of(stranger, session).update(entry_id, change)
            return
        now = entries_of(self.chance.choice([self.agents[owner], manager]), session).update(entry_id, change)
        if now.version != version:
            self.log.changes += 1
            self.log.corrected[entry_id] = (change.minutes or 0) * 60
        self.made[place] = (entry_id, owner, now.version)


def entries_of(actor: Actor, session: Session) -> EntryService:
    return EntryService(actor, EntryRepository(session), TimerRepository(session), TicketRepository(session), ZONE)


def shown_at(database: Session, now: datetime) -> dict[Whose, tuple[bool, timedelta]]:
    return {
        (timer.person_id, timer.ticket_id): (
            timer.is_running,
            timer.worked + (now - timer.last_started_at if timer.is_running else timedelta()),
        )
        for timer in database.scalars(select(Timer))
    }


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
