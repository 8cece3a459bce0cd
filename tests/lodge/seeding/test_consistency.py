"""A seeded desk could have come about by use: its tables agree with one another."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg
import pytest

from lodge.seeding import seed
from lodge.seeding.campus import Newcomer
from tests.lodge.seeding.invariants import INVARIANTS

TICKETS = 4_000


@pytest.fixture(scope="module")
def seeded(module_database_url: str) -> Iterator[psycopg.Connection]:
    seed(module_database_url, TICKETS, seed=7, until=date(2026, 11, 21))
    with psycopg.connect(module_database_url, autocommit=True) as connection:
        yield connection


def one(seeded: psycopg.Connection, query: str) -> Any:
    row = seeded.execute(query.encode()).fetchone()
    return row[0] if row else None


@pytest.mark.parametrize("rule", INVARIANTS)
def test_rule(seeded: psycopg.Connection, rule: str) -> None:
    assert one(seeded, f"SELECT count(*) FROM ({INVARIANTS[rule]}) AS broken") == 0


def test_there_are_three_messages_a_ticket(seeded: psycopg.Connection) -> None:
    assert one(seeded, "SELECT count(*) FROM ticket") == TICKETS
    assert one(seeded, "SELECT count(*) FROM message") == 3 * TICKETS


def test_few_are_not_closed_and_most_of_them_are_recent(seeded: psycopg.Connection) -> None:
    waiting = one(seeded, "SELECT count(*) FROM ticket WHERE status <> 'closed'")
    recent = one(seeded, "SELECT count(*) FROM ticket WHERE status <> 'closed' AND opened_at > '2026-10-10'")
    assert 0.01 < waiting / TICKETS < 0.05
    assert recent / waiting > 0.6


def test_nothing_lies_after_the_day_it_ends_with(seeded: psycopg.Connection) -> None:
    assert one(seeded, "SELECT max(modified_at) < '2026-11-21Z' AND max(modified_at) > '2026-11-20Z' FROM ticket")


def test_terms_and_weekdays_show(seeded: psycopg.Connection) -> None:
    by_month = "SELECT count(*) FROM ticket WHERE extract(month FROM opened_at AT TIME ZONE 'UTC') = {}"
    assert one(seeded, by_month.format(10)) > 2 * one(seeded, by_month.format(8))
    by_day = "SELECT count(*) FROM ticket WHERE extract(isodow FROM opened_at AT TIME ZONE 'UTC') = {}"
    assert one(seeded, by_day.format(2)) > 3 * one(seeded, by_day.format(6))


def test_predictions_are_mostly_right_and_some_people_chose(seeded: psycopg.Connection) -> None:
    wrong = one(
        seeded,
        "SELECT avg((p.category_id <> t.category_id)::int) "
        "FROM ticket t JOIN ticket_prediction p ON p.ticket_id = t.id",
    )
    assert 0.05 < wrong < 0.12
    by: dict[str, float] = dict(seeded.execute("SELECT category_by, count(*)::float FROM ticket GROUP BY 1").fetchall())
    assert by["predicted"] / TICKETS > 0.8
    assert 0.05 < by["staff"] / TICKETS < 0.15
    assert 0.02 < by["requester"] / TICKETS < 0.06


def test_some_problems_were_reported_by_several(seeded: psycopg.Connection) -> None:
    assert 0.01 < one(seeded, "SELECT avg((reports > 1)::int) FROM ticket") < 0.05
    assert one(seeded, "SELECT max(reports) FROM ticket") > 5


def test_texts_are_many_and_in_several_languages(seeded: psycopg.Connection) -> None:
    assert one(seeded, "SELECT count(DISTINCT description) FROM ticket") > 0.9 * TICKETS
    assert one(seeded, "SELECT count(DISTINCT body) FROM message") > 500
    for word in ("WiFi", "WLAN", "Stampante", "Imprimante", "Impresora", "Impressora"):
        assert one(seeded, f"SELECT count(*) FROM ticket WHERE title LIKE '%{word}%'") > 0
    assert one(seeded, "SELECT count(*) FROM ticket WHERE description ~ '[{}]'") == 0


def test_people_are_found_again_by_role_and_name(seeded: psycopg.Connection) -> None:
    rows = seeded.execute("SELECT name, roles, entry_key FROM person").fetchall()
    assert len(rows) > TICKETS // 12
    for name, (role,), entry_key in rows:
        assert entry_key == Newcomer(name, role).entry_key == f"{role}:{name.casefold()}"
    assert {roles[0] for _, roles, _ in rows} == {"student", "agent", "manager", "admin", "analyst"}
