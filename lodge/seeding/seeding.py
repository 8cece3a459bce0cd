"""Fills a desk: a plausible campus of any size, the same for the same seed."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from lodge.bulk import bulk_transaction
from lodge.errors import LodgeError
from lodge.seeding.batch import Desk, Reserved, make_batch
from lodge.seeding.campus import make_campus
from lodge.seeding.clock import Clock, Moments, arrival_weight, office_weight
from lodge.seeding.history import IN_PROGRESS, PAUSE_STAGES, TODO
from lodge.seeding.repository import SeedRepository
from lodge.seeding.talk import MESSAGES_A_TICKET
from lodge.seeding.writer import CATEGORIES
from service_kit.settings import get_settings

BATCH = 20_000
# Below this the indexes and foreign keys are kept while loading: it is fast enough, and nobody else has to wait.
LARGE = 50_000
SEED_DAYS = 3 * 365
DEMO_DAYS, DEMO_TICKETS, DEMO_SEED = 150, 300, 1
DEMO_TODAY, TODAY_HOURS = 9, 10


@dataclass(frozen=True)
class Plan:
    """How much, and over which time: tickets are opened from `start` on, and nothing happens after `now`.
    So many as `today` says are opened in the last hours, which are working hours then, whatever day it is."""

    tickets: int
    seed: int
    start: datetime
    now: datetime
    zone: ZoneInfo
    today: int = 0

    def opened(self) -> Moments:
        rng = np.random.default_rng([self.seed, 0])
        arrivals = Clock.of(arrival_weight, self.start, self.now, self.zone)
        usual = arrivals.spread(rng, self.tickets - self.today, self.start, self.now)
        present = self.now.timestamp()
        fresh = np.sort(np.floor(rng.uniform(present - TODAY_HOURS * 3600, present - 300, self.today)))
        return np.sort(np.concatenate([usual, fresh]))

    def office(self) -> Clock:
        """Reaches past the present, so that lives can be planned beyond it."""
        latest = self.now - timedelta(hours=TODAY_HOURS)

        def weight(at: datetime) -> float:
            return 1.0 if self.today and latest <= at <= self.now else office_weight(at)

        return Clock.of(weight, self.start, self.now + timedelta(days=60), self.zone)


def seed(
    database_url: str, tickets: int, seed: int = 1, console: Console | None = None, *, until: date | None = None
) -> None:
    """Adds so many tickets, three messages each on average, over the three years before a day's first moment on
    campus; today's when `until` is left out. On an empty desk the same tickets, seed and day make the same rows."""
    zone = get_settings().campus_zone
    day = until or datetime.now(zone).date()
    now = datetime(day.year, day.month, day.day, tzinfo=zone)
    plan = Plan(tickets, seed & (2**63 - 1), now - timedelta(days=SEED_DAYS), now, zone)
    with bulk_transaction(database_url) as connection:
        _fill(SeedRepository(connection), plan, console or Console())


def demo(database_url: str, console: Console | None = None, *, now: datetime | None = None) -> None:
    """A small campus with a lively present day, for a desk without tickets; one with tickets stays as it is."""
    zone = get_settings().campus_zone
    now = (now or datetime.now(zone)).astimezone(zone).replace(second=0, microsecond=0)
    plan = Plan(DEMO_TICKETS, DEMO_SEED, now - timedelta(days=DEMO_DAYS), now, zone, today=DEMO_TODAY)
    with bulk_transaction(database_url) as connection:
        repository = SeedRepository(connection)
        if not repository.has_tickets():
            _fill(repository, plan, console or Console())


def _fill(repository: SeedRepository, plan: Plan, console: Console) -> None:
    repository.prepare()
    desk = _enter(repository, plan)
    rebuilds = plan.tickets >= LARGE and not repository.has_tickets()
    restore = repository.drop_rebuildable() if rebuilds else []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Tickets", total=plan.tickets)
        for tables, count in _batches(repository, plan, desk):
            for table, text in tables.items():
                repository.copy(table, text)
            progress.advance(task, count)
        _rebuild(repository, restore, progress)
        repository.analyze()
    console.print(f"Seeded {plan.tickets:,} tickets until {plan.now:%Y-%m-%d %H:%M %Z}, seed {plan.seed}.")


def _enter(repository: SeedRepository, plan: Plan) -> Desk:
    campus = make_campus(np.random.default_rng([plan.seed, 1]), plan.tickets)
    present = repository.categories()
    default = next(iter(present))
    slugs = [slug if slug in present else default for slug in CATEGORIES]
    return Desk(
        campus=campus,
        office=plan.office(),
        now=plan.now.timestamp(),
        people=np.array(repository.enter(campus.people)),
        buildings=np.array(repository.add_buildings(campus.buildings)),
        categories=[(slug, present[slug]) for slug in slugs],
        stages=_stages(repository),
    )


def _stages(repository: SeedRepository) -> dict[str, int]:
    present = repository.stages()
    missing = [slug for slug in (TODO, IN_PROGRESS, *PAUSE_STAGES.tolist()) if slug not in present]
    if missing:
        raise LodgeError(f"The seed needs the board's first columns; these are missing: {', '.join(missing)}.")
    return present


def _batches(repository: SeedRepository, plan: Plan, desk: Desk) -> Iterator[tuple[dict[str, str], int]]:
    """One batch is made while the one before it is written: the two sides keep a core each busy."""
    opened = plan.opened()
    parts = [opened[start : start + BATCH] for start in range(0, len(opened), BATCH)]
    with ThreadPoolExecutor(max_workers=1) as ahead:

        def begin(number: int) -> Future[dict[str, str]]:
            part = parts[number]
            ids = Reserved(
                repository.reserve_ids("ticket", len(part)),
                repository.reserve_ids("message", len(part) * MESSAGES_A_TICKET),
            )
            return ahead.submit(make_batch, [plan.seed, number + 2], desk, part, ids)

        following = begin(0)
        for number, part in enumerate(parts):
            made = following.result()
            if number + 1 < len(parts):
                following = begin(number + 1)
            yield made, len(part)


def _rebuild(repository: SeedRepository, statements: list[str], progress: Progress) -> None:
    if not statements:
        return
    task = progress.add_task("Indexes", total=len(statements))
    for statement in statements:
        repository.run(statement)
        progress.advance(task)
