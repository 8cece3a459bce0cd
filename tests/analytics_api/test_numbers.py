"""Each analysis against the same question answered in plain Python, over a campus of odd cases: months and days that
turn in the campus's zone, summer time, reopened and confidential tickets, moments in the future."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data_api.models import TimeEntry
from tests.analytics_api import plainly
from tests.support import rows
from tests.support.analytics import Analytics, running_analytics
from tests.support.api import Api, Visitor
from tests.support.far_moments import add_far_moments
from tests.support.population import populate

ZONE = "Pacific/Auckland"  # its days and months begin half a day before UTC's, and it has summer time
EDGES = """
2026-03-31 23:59:59.999999+13, 2026-04-01 00:00+13, 2026-04-05 02:59:59+13, 2026-04-05 02:00+12,
2026-04-05 02:30+13, 2026-04-05 02:30+12, 2025-12-31 23:59:59+13, 2026-01-01 00:00+13,
2026-02-28 23:59+13, 2024-02-29 12:00+13, 2026-09-27 01:59:59+12, 2026-09-27 03:00+13,
1999-12-31 12:00Z, 2026-03-31 10:59:59Z, 2026-03-31 11:00Z, 2026-03-31 11:00:01Z
"""


def edge(n: int, opened_at: datetime) -> rows.Row:
    is_closed = n % 2 == 0
    return {
        "status": "closed" if is_closed else "active",
        "category_id": 1 + n % 3,
        "is_confidential": n % 4 == 0,
        "opened_at": opened_at,
        "closed_at": opened_at + timedelta(minutes=40 * n) if is_closed else None,
    }


def recent(n: int) -> rows.Row:
    """Some of them will be opened only in some hours."""
    now, kind = datetime.now(UTC), n % 3
    return {
        "status": ("open", "active", "closed")[kind],
        "category_id": 1 + (kind + 1) % 2,
        "team_id": 1 + n % 2,
        "opened_at": now - n * timedelta(hours=7, minutes=3),
        "closed_at": now if kind == 2 else None,
    }


@pytest.fixture(scope="module")
def campus(api: Api, student: Visitor, agent: Visitor, other_student: Visitor) -> Api:
    """Odd tickets; some went through the API, closed and reopened."""
    for name in ("Porters", "Gardeners"):
        rows.team(api, name)
    populate(api, 300)
    rows.tickets(api, [edge(n, datetime.fromisoformat(at.strip())) for n, at in enumerate(EDGES.split(","), 1)])
    rows.tickets(api, [recent(n) for n in range(-4, 401)])
    api.sql("UPDATE ticket SET closed_at = opened_at WHERE status = 'closed' AND id %% 17 = 0")
    add_far_moments(api, student.person_id, agent.person_id)
    numbers = [student.report()["id"] for _ in range(4)]
    agent.move(numbers[0], "active", "closed", "active")
    agent.move(numbers[1], "active", "closed", "active", "closed")
    agent.move(numbers[2], "active")
    _work(api, [agent.person_id, rows.person(api, "Worker", "agent")])
    return api


def _work(api: Api, people: list[int]) -> None:
    """Time on every fifth ticket, on days from two years ago until tomorrow."""
    today = datetime.now(ZoneInfo(ZONE)).date()
    worked = [
        {
            "ticket_id": number,
            "person_id": people[place % 2],
            "day": today + timedelta(days=1 - place % 9 * 90),
            "seconds": 1 + place * 997 % 20_000,
            "is_timed": place % 2 == 0,
        }
        for place, (number,) in enumerate(api.sql("SELECT id FROM ticket WHERE id %% 5 = 0 ORDER BY id"))
    ]
    rows.add(api, TimeEntry, worked * 2)


@pytest.fixture(scope="module")
def analytics(campus: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analytics]:
    home: Path = tmp_path_factory.mktemp("home")
    with running_analytics(campus.database_url, campus.url, home, LODGE_TIMEZONE=ZONE) as running:
        yield running


def moment(answer: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(answer["as_of"])


@pytest.mark.parametrize(
    ("given", "hours"),
    [({"hours": h}, h) for h in (1, 7, 8, 24, 720)]
    + [({"days": d}, 24 * d) for d in (1, 7, 90, 365, 1095)]
    + [({}, 24)],
)
def test_open_in_period(analytics: Analytics, campus: Api, analyst: Visitor, given: dict[str, Any], hours: int) -> None:
    answer = analytics.ask(analyst, "open-in-period", **given)
    assert answer["rows"] == plainly.open_in_period(plainly.tickets_of(campus), moment(answer), hours)
    assert answer["rows"][0]["tickets"] > 0


@pytest.mark.parametrize("category", [None, "technical-it", "facility-management", "services-complaints"])
@pytest.mark.parametrize("at_least", [1, 2, 40, 100])
def test_resolution_time_by_month(
    analytics: Analytics, campus: Api, analyst: Visitor, category: str | None, at_least: int
) -> None:
    given: dict[str, Any] = {"at_least": at_least} | ({"category": category} if category else {})
    answer = analytics.ask(analyst, "resolution-time-by-month", **given)
    found, tickets = answer["rows"], plainly.tickets_of(campus)
    expected = plainly.resolution_time_by_month(tickets, moment(answer), ZoneInfo(ZONE), category, at_least)
    assert [(row["month"], row["tickets"]) for row in found] == [(row["month"], row["tickets"]) for row in expected]
    assert [row["mean_hours"] for row in found] == pytest.approx([row["mean_hours"] for row in expected], rel=1e-9)
    assert found or at_least > 2
    provisional = plainly.provisional_months(tickets, moment(answer), ZoneInfo(ZONE), category)
    assert answer["provisional"] == [row["month"] for row in found if row["month"] in provisional]


@pytest.mark.parametrize("older_than", [0, 1, 30, 365])
def test_active_by_category(analytics: Analytics, campus: Api, analyst: Visitor, older_than: int) -> None:
    answer = analytics.ask(analyst, "active-by-category", older_than=older_than)
    expected = plainly.active_by_category(plainly.tickets_of(campus), moment(answer), older_than)
    assert answer["rows"] == expected
    assert older_than or answer["rows"] == analytics.ask(analyst, "active-by-category")["rows"]


@pytest.mark.parametrize("older_than", [0, 1, 30, 365])
def test_load_by_team(analytics: Analytics, campus: Api, analyst: Visitor, older_than: int) -> None:
    answer = analytics.ask(analyst, "load-by-team", older_than=older_than)
    expected = plainly.load_by_team(plainly.tickets_of(campus), moment(answer), older_than)
    shares = [row.pop("unassigned_share") for row in answer["rows"]]
    assert shares == pytest.approx([row.pop("unassigned_share") for row in expected], abs=0.0501)
    assert answer["rows"] == expected
    assert older_than > 30 or {row["team"] for row in expected} == {"Porters", "Gardeners", "No team"}


@pytest.mark.parametrize("months", [1, 12, 36])
@pytest.mark.parametrize("team", [None, "porters"])
def test_closed_by_team_and_month(
    analytics: Analytics, campus: Api, analyst: Visitor, months: int, team: str | None
) -> None:
    given: dict[str, Any] = {"months": months} | ({"team": team} if team else {})
    answer = analytics.ask(analyst, "closed-by-team-and-month", **given)
    tickets, name = plainly.tickets_of(campus), "Porters" if team else None
    assert answer["rows"] == plainly.closed_by_team_and_month(tickets, moment(answer), ZoneInfo(ZONE), months, name)
    assert months == 1 or sum(row["closed"] for row in answer["rows"]) > 0


@pytest.mark.parametrize("days", [1, 90, 400, 730])
@pytest.mark.parametrize("group", ["category", "team", "agent"])
def test_time_by(analytics: Analytics, campus: Api, group: str, days: int) -> None:
    answer = analytics.ask(campus.enter("manager"), f"time-by-{group}", days=days)
    expected = plainly.time_by(plainly.worked_of(campus), group, moment(answer), ZoneInfo(ZONE), days)
    found = {row[group]: (row["hours"], row["tickets"], row["hours_per_ticket"]) for row in answer["rows"]}
    assert len(found) == len(answer["rows"])
    assert found == {name: pytest.approx(values) for name, values in expected.items()}
    hours = [row["hours"] for row in answer["rows"]]
    assert hours == sorted(hours, reverse=True)
    assert group != "agent" or days < 730 or "confidential" in found
    if days > 1:
        assert len(found) > 1
        assert f"{sum(hours):,.1f} hours of work in the last {days} days" in answer["sentence"]


STANDING = """
SELECT count(*) - count(*) FILTER (WHERE closed_at <= %(as_of)s) FROM ticket WHERE opened_at <= %(as_of)s
"""


@pytest.mark.parametrize("days", [7, 90, 365, 730])
def test_created_and_closed_by_day(analytics: Analytics, campus: Api, analyst: Visitor, days: int) -> None:
    answer = analytics.ask(analyst, "created-and-closed-by-day", days=days)
    found = answer["rows"]
    assert found == plainly.created_and_closed_by_day(plainly.tickets_of(campus), moment(answer), ZoneInfo(ZONE), days)
    assert len(found) == days
    (then,) = campus.sql(STANDING, as_of=answer["as_of"])
    assert found[-1]["backlog"] == then[0]


def test_the_campus_is_the_database(analytics: Analytics) -> None:
    assert analytics.check()["difference"] is None
