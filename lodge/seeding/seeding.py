"""Fills a desk: a plausible campus of any size, the same for the same seed."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import date, datetime

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from contracts.people import Role
from data_api.files.errors import FilesUnavailable
from data_api.files.storage import Storage
from lodge.bulk import bulk_transaction, outside_transactions
from lodge.seeding.assignment import RULES, buildings_known
from lodge.seeding.attached import attach_files
from lodge.seeding.batch import make_batch
from lodge.seeding.campus import make_campus
from lodge.seeding.copy_text import Rows
from lodge.seeding.desk import Desk, Reserved
from lodge.seeding.mentions import DEMO_AGENT, MENTIONS
from lodge.seeding.organisation import DISPATCHER, teams_of
from lodge.seeding.plan import Plan, demo_plan, seed_plan
from lodge.seeding.replies import REPLIES
from lodge.seeding.repository import SeedRepository, checkpoint, vacuum
from lodge.seeding.talk import MESSAGES_A_TICKET
from lodge.seeding.writer import CATEGORIES
from service_kit.settings import get_settings

BATCH = 20_000
# With fewer tickets, indexes and foreign keys are kept while loading: it is fast enough, and locks nobody else out.
LARGE = 50_000


def seed(
    database_url: str, tickets: int, seed: int = 1, console: Console | None = None, *, until: date | None = None
) -> None:
    """Adds tickets, with three messages each on average, over the three years before midnight, in campus time, at the
    beginning of `until`, by default today. On an empty desk the same tickets, seed and day make the same rows.

    Raises `LodgeError` when the board has no column for a status.
    """
    zone = get_settings().campus_zone
    plan = seed_plan(tickets, seed, until or datetime.now(zone).date(), zone)
    _seed(database_url, plan, console or Console(), only_empty=False)


def demo(
    database_url: str, console: Console | None = None, *, now: datetime | None = None, storage: Storage | None = None
) -> None:
    """Fills a desk that has no tickets with a small campus and a busy present day. With `storage`, where files are
    kept, some tickets have files. Prints nothing unless a console is given."""
    zone = get_settings().campus_zone
    plan = demo_plan(now or datetime.now(zone), zone)
    _seed(database_url, plan, console or Console(quiet=True), only_empty=True, storage=storage)


def _seed(database_url: str, plan: Plan, console: Console, *, only_empty: bool, storage: Storage | None = None) -> None:
    with bulk_transaction(database_url) as connection:
        repository = SeedRepository(connection)
        is_empty = not repository.has_tickets()
        if only_empty and not is_empty:
            return
        _fill(repository, plan, console, rebuilds=is_empty and plan.tickets >= LARGE)
        if storage:
            with suppress(FilesUnavailable):  # a bucket; the campus is worth seeing without files too
                attach_files(repository, storage)
    if is_empty or plan.tickets >= LARGE:  # a few tickets among many hardly change the statistics
        with outside_transactions(database_url) as connection:
            vacuum(connection)
            checkpoint(connection)
    console.print(f"Seeded {plan.tickets:,} tickets up to {plan.now:%Y-%m-%d %H:%M %Z}.")


def _fill(repository: SeedRepository, plan: Plan, console: Console, *, rebuilds: bool) -> None:
    repository.prepare()
    repository.mark_as_demo()
    desk, last = _enter(repository, plan), repository.last_ticket()
    restore = repository.drop_rebuildable() if rebuilds else []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        tickets = progress.add_task("Tickets", total=plan.tickets)
        for tables, count in _batches(repository, plan, desk):
            for table, rows in tables.items():
                repository.copy(table, rows)
            progress.advance(tickets, count)
        if plan.is_demo:
            repository.add_time(plan.zone.key, plan.now)
        indexes = progress.add_task("Indexes", total=len(restore), visible=rebuilds)
        for statement in restore:
            repository.run(statement)
            progress.advance(indexes)
    repository.link_tickets(last, desk.board)
    if plan.is_demo:
        repository.add_replies(REPLIES, plan.start)
        repository.add_mentions(MENTIONS, Role.AGENT, DEMO_AGENT, plan.now)
        repository.add_time_of(Role.AGENT, plan.zone.key, plan.now)


def _enter(repository: SeedRepository, plan: Plan) -> Desk:
    campus = make_campus(np.random.default_rng([plan.seed, 1]), plan.tickets)
    present = repository.categories()
    default = next(iter(present))
    slugs = [slug if slug in present else default for slug in CATEGORIES]
    people = repository.enter(campus.people)
    teams = teams_of(people[: len(campus.agents)])
    known = {slug: present[given] for slug, given in zip(CATEGORIES, slugs, strict=True)}
    buildings = repository.add_buildings(campus.buildings)
    if repository.add_teams(teams, known) and plan.is_demo:
        repository.add_role(DISPATCHER, [team.people[0] for team in teams])
        # In progress at once: a quarter of what the people can work on.
        repository.limit_work(sum(team.capacity * len(team.people) for team in teams) // 4)
        # Whoever leads a team works at any time, so that somebody is there whenever the demo is looked at.
        office = [person for team in teams for person in team.people[1:]]
        repository.assign_by(RULES, buildings_known(people[: len(campus.agents)], buildings), office)
    return Desk(
        campus=campus,
        office=plan.office(),
        now=plan.now.timestamp(),
        people=np.array(people),
        buildings=np.array(buildings),
        categories=[(slug, present[slug]) for slug in slugs],
        teams=repository.team_ids([team.slug for team in teams]),
        board=repository.board(),
    )


def _batches(repository: SeedRepository, plan: Plan, desk: Desk) -> Iterator[tuple[dict[str, Rows], int]]:
    """Yields the batches with their numbers of tickets. While one batch is written, a thread makes the next one, so
    that Lodge and the database server work at the same time."""
    opened = plan.opened()
    parts = [opened[start : start + BATCH] for start in range(0, len(opened), BATCH)]
    with ThreadPoolExecutor(max_workers=1) as ahead:

        def begin(number: int) -> Future[dict[str, Rows]]:
            part = parts[number]
            ids = Reserved(
                repository.reserve_ids("ticket", len(part)),
                repository.reserve_ids("message", len(part) * MESSAGES_A_TICKET),
            )
            alike = plan.alike if number == len(parts) - 1 else 0
            return ahead.submit(make_batch, [plan.seed, number + 2], desk, part, ids, alike)

        following = begin(0)
        for number, part in enumerate(parts):
            made = following.result()
            if number + 1 < len(parts):
                following = begin(number + 1)
            yield made, len(part)
