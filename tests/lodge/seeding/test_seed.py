"""`lodge seed`: the same seed makes the same desk, a failure leaves none, and what is there stays."""

from datetime import date
from typing import Any

import psycopg
import pytest
from rich.console import Console

from lodge.errors import LodgeError
from lodge.seeding import seed, seeding
from lodge.seeding.batch import make_batch
from lodge.seeding.copy_text import Rows
from tests.lodge.seeding.invariants import INVARIANTS
from tests.support.databases import cloned_database

DAY = date(2026, 11, 21)
TABLES = ["ticket", "message", "ticket_event", "ticket_tag", "building"]
QUIET = Console(quiet=True)


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def contents(url: str) -> list[list[tuple[Any, ...]]]:
    people = rows(url, "SELECT id, name, roles, entry_key FROM person ORDER BY id")
    watchers = rows(url, "SELECT ticket_id, person_id, created_at FROM ticket_watcher ORDER BY id")
    guesses = rows(url, "SELECT * FROM ticket_prediction ORDER BY ticket_id")
    confirmed = rows(url, "SELECT * FROM ticket_confirmation ORDER BY id")
    return [
        people,
        watchers,
        guesses,
        confirmed,
        *(rows(url, f"SELECT * FROM {table} ORDER BY id") for table in TABLES),
    ]


def schema(url: str) -> list[list[tuple[Any, ...]]]:
    """Indexes and constraints, with whether they hold."""
    return [
        rows(url, "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexdef"),
        rows(
            url,
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated "
            "FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
        ),
    ]


@pytest.fixture
def in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small batches, loaded the way that large seeds are."""
    monkeypatch.setattr(seeding, "BATCH", 100)
    monkeypatch.setattr(seeding, "LARGE", 200)


def test_the_same_seed_and_day_make_the_same_desk(postgres_url: str, template_database: str) -> None:
    with (
        cloned_database(postgres_url, template_database) as one,
        cloned_database(postgres_url, template_database) as same,
        cloned_database(postgres_url, template_database) as other,
    ):
        seed(one, 300, 5, QUIET, until=DAY)
        seed(same, 300, 5, QUIET, until=DAY)
        seed(other, 300, 6, QUIET, until=DAY)
        assert contents(one) == contents(same)
        assert contents(one) != contents(other)


@pytest.mark.usefixtures("in_batches")
def test_a_large_seed_leaves_every_index_and_constraint_as_it_was(database_url: str) -> None:
    before = schema(database_url)
    seed(database_url, 250, 1, QUIET, until=DAY)
    assert schema(database_url) == before
    assert rows(database_url, "SELECT count(*) FROM message") == [(750,)]


@pytest.mark.usefixtures("in_batches")
def test_a_seed_that_fails_half_way_leaves_nothing(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = schema(database_url)
    made: list[Any] = []

    def fails_at_the_third(*arguments: Any) -> dict[str, Rows]:
        made.append(arguments)
        if len(made) == 3:
            raise OSError("no space left")
        return make_batch(*arguments)

    monkeypatch.setattr(seeding, "make_batch", fails_at_the_third)
    with pytest.raises(OSError, match="no space left"):
        seed(database_url, 250, 1, QUIET, until=DAY)
    assert schema(database_url) == before
    for table in ("ticket", "person", "building"):
        assert rows(database_url, f"SELECT count(*) FROM {table}") == [(0,)]


def test_seeding_again_adds_to_what_is_there(database_url: str) -> None:
    seed(database_url, 60, 1, QUIET, until=DAY)
    before = rows(database_url, "SELECT * FROM ticket ORDER BY id")
    seed(database_url, 40, 1, QUIET, until=DAY)
    assert rows(database_url, "SELECT * FROM ticket ORDER BY id")[:60] == before
    assert rows(database_url, "SELECT count(*), count(DISTINCT id) FROM ticket") == [(100, 100)]
    assert rows(database_url, "SELECT count(*) FROM building") == [(25,)]
    assert rows(database_url, "SELECT count(*) FROM person GROUP BY entry_key HAVING count(*) > 1") == []


@pytest.mark.parametrize("tickets", [1, 2, 3])
def test_the_smallest_desks(database_url: str, tickets: int) -> None:
    seed(database_url, tickets, -tickets, QUIET, until=DAY)
    assert rows(database_url, "SELECT count(*) FROM ticket") == [(tickets,)]


def test_a_category_that_administrators_removed_is_not_needed(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM category WHERE slug = 'technical-it'")
    seed(database_url, 50, 1, QUIET, until=DAY)
    used = rows(database_url, "SELECT DISTINCT slug FROM ticket JOIN category ON category.id = category_id")
    assert sorted(used) == [("facility-management",), ("services-complaints",)]


MOVED_INTO = "SELECT to_value, count(*) FROM ticket_event WHERE kind = 'stage' GROUP BY 1"


@pytest.mark.parametrize("gone", ["pending", "blocked"])
def test_a_stage_that_administrators_removed_is_not_needed(database_url: str, gone: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM stage WHERE slug = %s", [gone])
    seed(database_url, 300, 1, QUIET, until=DAY)
    assert set(dict(rows(database_url, MOVED_INTO))) == {"in-progress", "pending", "blocked", "completed"} - {gone}
    assert rows(database_url, INVARIANTS["the stage is where the history ends"]) == []
    assert rows(database_url, "SELECT FROM ticket_event WHERE kind = 'stage' AND from_value = to_value") == []


def test_what_stages_are_called_does_not_matter(database_url: str) -> None:
    """Nor are they told apart by anything but their status, their order and their flags."""
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE stage SET slug = 'stage-' || position, name = 'Stage ' || position")
    seed(database_url, 300, 1, QUIET, until=DAY)
    times = dict(rows(database_url, MOVED_INTO))
    assert set(times) == {"stage-2", "stage-3", "stage-4", "stage-5"}
    assert times["stage-3"] > times["stage-4"], "tickets are rarely blocked"


def test_a_status_without_a_stage_is_told(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM stage WHERE status = 'closed'")
    with pytest.raises(LodgeError, match="for each status; closed has none"):
        seed(database_url, 10, 1, QUIET, until=DAY)


def test_what_came_of_it_is_told(database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    seed(database_url, 10, until=DAY)
    assert "Seeded 10 tickets up to 2026-11-21 00:00 UTC" in capsys.readouterr().out
