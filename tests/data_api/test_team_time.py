"""How long the people of a team worked: for whom, of which tickets, and in sums that are those of the entries."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.support.api import Api, Visitor, done

TODAY = datetime.now(UTC).date()
DAYS = {"from": (TODAY - timedelta(days=6)).isoformat(), "to": TODAY.isoformat()}


@pytest.fixture(scope="module")
def team(api: Api, admin: Visitor) -> dict[str, Visitor]:
    """Two people in a team and one in none, each with time on two tickets, of which one is confidential."""
    slug = done(admin.post("/teams", json={"name": "Networks"}), 201)["slug"]
    people = {name: api.enter("agent", name) for name in ("Ada", "Ben", "Cleo")}
    api.sql(
        "UPDATE person SET team_id = (SELECT id FROM team WHERE slug = %s) WHERE id = ANY (%s)",
        slug,
        [people["Ada"].person_id, people["Ben"].person_id],
    )
    student = api.enter("student", "Reports")
    plain, secret = student.report()["id"], student.report()["id"]
    for number, visitor in enumerate(people.values(), 1):
        for back in range(number):
            add(visitor, plain, 10 * number, TODAY - timedelta(days=back))
        add(visitor, secret, 7, TODAY)
    version = done(admin.get(f"/tickets/{secret}"))["version"]
    done(admin.patch(f"/tickets/{secret}", json={"version": version, "is_confidential": True}))
    return people


def add(visitor: Visitor, ticket: int, minutes: int, day: date) -> None:
    done(visitor.post(f"/tickets/{ticket}/time", json={"minutes": minutes, "day": day.isoformat()}), 201)


def asked(visitor: Visitor, **query: Any) -> dict[str, int]:
    """Returns the minutes of each person."""
    found = done(visitor.get("/time", params=DAYS | query))
    assert found["seconds"] == sum(one["seconds"] for one in found["people"])
    for one in found["people"]:
        own = [entry for entry in found["items"] if entry["person"] == one["person"]]
        assert one["entries"] == len(own)
        days = {day["day"]: day["seconds"] for day in one["days"]}
        assert days == {day: sum(e["seconds"] for e in own if e["day"] == day) for day in days}
        assert one["seconds"] == sum(entry["seconds"] for entry in own)
    return {one["person"]["name"]: one["seconds"] // 60 for one in found["people"]}


@pytest.mark.parametrize(("role", "more"), [("manager", 0), ("admin", 7)])
def test_the_sums_are_of_the_tickets_that_one_may_read(
    api: Api, team: dict[str, Visitor], role: str, more: int
) -> None:
    visitor = api.enter(role, f"Reads as {role}")
    everybody = {"Ada": 10 + more, "Ben": 40 + more, "Cleo": 90 + more}
    assert asked(visitor) == everybody
    assert asked(visitor, team="networks") == {"Ada": 10 + more, "Ben": 40 + more}
    assert asked(visitor, person=team["Cleo"].person_id) == {"Cleo": 90 + more}
    assert asked(visitor, team="networks", person=team["Cleo"].person_id) == {}
    assert asked(visitor, team="no-such-team") == {}
    walked = visitor.walk("/time", **DAYS, limit=2)
    assert [one["id"] for one in walked] == [one["id"] for one in done(visitor.get("/time", params=DAYS))["items"]]
    assert "" not in {one["ticket_title"] for one in walked}


def test_only_whoever_may(api: Api, team: dict[str, Visitor]) -> None:
    for visitor in (team["Ada"], api.enter("student", "Curious"), api.enter("analyst", "Counts")):
        done(visitor.get("/time"), 403)


@pytest.mark.parametrize(
    "wrong", [{"from": "2026-02-02", "to": "2026-02-01"}, {"from": "2026-01-01", "to": "2026-02-01"}]
)
def test_the_days_are_bounded(admin: Visitor, wrong: dict[str, str]) -> None:
    assert done(admin.get("/time", params=wrong), 422)["fields"][0]["name"] == "query.from"
