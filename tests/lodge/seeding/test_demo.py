"""`lodge up --demo`: something to look at, with a lively present day."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from lodge.seeding import demo
from tests.lodge.seeding.invariants import INVARIANTS

MONDAY_MORNING = datetime(2026, 11, 23, 10, 30, 12, tzinfo=UTC)
SUNDAY_NIGHT = datetime(2026, 8, 16, 23, 50, tzinfo=UTC)

# How many recent reports of one problem in one building have not been solved, and were confirmed by others.
ALIKE = """
    SELECT count(*) FROM ticket WHERE title ~ 'WiFi|WLAN' AND opened_at > %s AND status <> 'closed' AND reports > 2
    GROUP BY category_id, building_id ORDER BY count(*) DESC LIMIT 1"""


def one(url: str, query: str, values: list[Any] | None = None) -> Any:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode(), values).fetchone()
        return row[0] if row else None


@pytest.mark.parametrize("now", [MONDAY_MORNING, SUNDAY_NIGHT])
def test_there_is_something_in_every_corner(database_url: str, now: datetime) -> None:
    demo(database_url, now=now)
    assert one(database_url, "SELECT count(*) FROM ticket") == 300
    assert 20 < one(database_url, "SELECT count(*) FROM ticket WHERE status <> 'closed'") < 80
    assert one(database_url, "SELECT count(*) FROM ticket WHERE status = 'open'") >= 2
    assert one(database_url, "SELECT count(*) FROM ticket WHERE waits_for = 'desk'") >= 5
    assert one(database_url, "SELECT count(*) FROM ticket WHERE waits_for = 'requester'") >= 5
    lately = [now - timedelta(hours=10)]
    assert one(database_url, "SELECT count(*) FROM ticket WHERE opened_at > %s", lately) >= 10
    assert one(database_url, "SELECT count(*) FROM message WHERE created_at > %s", lately) >= 5
    assert one(database_url, "SELECT count(*) FROM ticket WHERE closed_at > %s", lately) >= 1
    assert one(database_url, "SELECT count(*) FROM ticket WHERE modified_at > %s", [now]) == 0
    assert one(database_url, ALIKE, lately) >= 3
    broken = [rule for rule in INVARIANTS if one(database_url, f"SELECT count(*) FROM ({INVARIANTS[rule]}) AS broken")]
    assert broken == []


def test_a_desk_with_tickets_stays_as_it_is(database_url: str) -> None:
    demo(database_url, now=MONDAY_MORNING)
    demo(database_url, now=MONDAY_MORNING)
    assert one(database_url, "SELECT count(*) FROM ticket") == 300


def test_it_says_nothing_unasked(database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    demo(database_url, now=MONDAY_MORNING)
    assert capsys.readouterr().out == ""
