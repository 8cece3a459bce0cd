"""What each person of a team has to do; and the hours and buildings that are kept of a person."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.data_api.assignment.conftest import Team
from tests.support import rows
from tests.support.api import Api, Visitor, done

MORNING = [{"day": "monday", "starts": "08:00", "ends": "12:00"}]


def test_the_load_of_a_team(api: Api, agent: Visitor, team: Team) -> None:
    manager = api.enter("manager")
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date()
    busy, away, idle = team.person(capacity=2), team.person(away_until=tomorrow), team.person(roles=["student"])
    assert idle
    gone = team.person(deactivated_at=datetime.now(UTC))
    tickets = [agent.report(assignee=busy) for _ in range(3)]
    agent.move(tickets[0]["id"], "active", "closed")
    agent.report(assignee=agent.person_id, team=team.slug)
    rows.ticket(api, team_id=team.id, is_confidential=True)
    load = done(manager.get(f"/teams/{team.slug}/load"))
    assert (load["team"]["slug"], load["queued"]) == (team.slug, 1)
    people = {one["id"]: one for one in load["people"]}
    assert gone not in people
    told = ("open_tickets", "is_full", "is_away", "works_now", "works_on_tickets", "is_free")
    assert [people[busy][name] for name in told] == [2, True, False, True, True, False]
    assert [people[away][name] for name in told] == [0, False, True, True, True, False]
    assert [people[idle][name] for name in told] == [0, False, False, True, False, False]
    assert people[busy]["last_opened_at"] == tickets[-1]["opened_at"]
    assert people[away]["last_opened_at"] is None


@pytest.mark.parametrize(("role", "status"), [("student", 403), ("agent", 403), ("manager", 200), ("admin", 200)])
def test_who_sees_it(api: Api, team: Team, role: str, status: int) -> None:
    assert api.enter(role).get(f"/teams/{team.slug}/load").status_code == status
    assert api.enter(role).get("/teams/nowhere/load").status_code == (404 if status == 200 else 403)


def test_hours_and_buildings_are_kept_of_a_person(api: Api, admin: Visitor) -> None:
    rows.building(api, "Kept hall")
    wish: dict[str, Any] = {"name": "Kept", "roles": ["agent"]}
    made = done(
        admin.post("/people", json={**wish, "working_hours": MORNING, "expertise_buildings": ["kept-hall"]}), 201
    )
    at = f"/people/{made['id']}"
    assert (made["working_hours"], made["expertise_buildings"]) == (MORNING, ["kept-hall"])
    changed = done(admin.patch(at, json={"version": 1, "working_hours": [], "expertise_buildings": []}))
    assert (changed["working_hours"], changed["expertise_buildings"], changed["works_now"]) == ([], [], True)
    assert done(admin.get(at)) == changed
    for wrong in ({"working_hours": None}, {"expertise_buildings": ["nowhere"]}, {"working_hours": MORNING * 2}):
        answer = admin.patch(at, json={"version": 2, **wrong})
        assert (answer.status_code, answer.json()["fields"][0]["name"]) == (422, f"body.{next(iter(wrong))}")
    assert done(admin.get(at)) == changed
