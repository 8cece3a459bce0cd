"""Teams, and who is in them."""

from itertools import count
from typing import Any

import pytest

from tests.support.api import Api, Visitor, done

NUMBERS = count(1)


@pytest.fixture
def team(admin: Visitor) -> dict[str, Any]:
    """A team that only this test uses."""
    return done(admin.post("/teams", json={"name": f"Team {next(NUMBERS)}", "description": "Works."}), 201)


def put_into(admin: Visitor, visitor: Visitor, team: str | None) -> None:
    at = f"/people/{visitor.person_id}"
    done(admin.patch(at, json={"version": done(admin.get(at))["version"], "team": team}))


def test_a_team_is_made_listed_changed_and_deleted(api: Api, admin: Visitor) -> None:
    manager, agent = api.enter("manager"), api.enter("agent", "Only looks")
    team = done(manager.post("/teams", json={"name": "IT Support"}), 201)
    assert team == {"slug": "it-support", "name": "IT Support", "description": "", "people": 0, "version": 1}
    assert team in done(agent.get("/teams"))["items"]
    changed = done(manager.patch("/teams/it-support", json={"version": 1, "description": "Computers."}))
    assert (changed["name"], changed["description"], changed["version"]) == ("IT Support", "Computers.", 2)
    stale = manager.patch("/teams/it-support", json={"version": 1, "name": "X"})
    assert (stale.status_code, stale.json()["error"]) == (409, "StaleVersion")
    assert stale.json()["current"] == changed
    assert manager.delete("/teams/it-support").status_code == 204
    assert manager.delete("/teams/it-support").status_code == 404


@pytest.mark.parametrize("role", ["agent", "analyst", "student"])
def test_others_change_no_team(api: Api, team: dict[str, Any], role: str) -> None:
    visitor = api.enter(role)
    assert visitor.post("/teams", json={"name": "Mine"}).status_code == 403
    assert visitor.patch(f"/teams/{team['slug']}", json={"version": 1, "name": "Mine"}).status_code == 403
    assert visitor.delete(f"/teams/{team['slug']}").status_code == 403
    assert visitor.get("/teams").status_code == (200 if role == "agent" else 403)


def test_people_are_counted_and_found_by_their_team(api: Api, admin: Visitor, team: dict[str, Any]) -> None:
    people = [api.enter("agent", f"Counted {next(NUMBERS)}") for _ in range(2)]
    for person in people:
        put_into(admin, person, team["slug"])
    told = {one["slug"]: one["people"] for one in done(admin.get("/teams"))["items"]}
    assert told[team["slug"]] == 2
    found = done(admin.get("/people", params={"team": team["slug"]}))["items"]
    assert {person["id"] for person in found} == {person.person_id for person in people}
    assert {person["team"]["name"] for person in found} == {team["name"]}
    put_into(admin, people[0], None)
    assert len(done(admin.get("/people", params={"team": team["slug"]}))["items"]) == 1


def test_a_team_with_people_is_deleted_only_when_they_go_to_another(
    api: Api, admin: Visitor, team: dict[str, Any]
) -> None:
    other = done(admin.post("/teams", json={"name": f"Other {next(NUMBERS)}"}), 201)
    person = api.enter("agent", f"Moved {next(NUMBERS)}")
    put_into(admin, person, team["slug"])
    at = f"/teams/{team['slug']}"
    refused = admin.delete(at)
    assert (refused.status_code, refused.json()["error"]) == (409, "StillInUse")
    assert refused.json()["detail"].startswith("1 person is in ")
    for nowhere in ("nowhere", team["slug"]):
        assert admin.delete(at, params={"people_to": nowhere}).json()["fields"][0]["name"] == "query.people_to"
    assert admin.delete(at, params={"people_to": other["slug"]}).status_code == 204
    assert done(admin.get(f"/people/{person.person_id}"))["team"] == {"slug": other["slug"], "name": other["name"]}


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "x", "slug": "A"}, {"name": "x", "lead": 1}], ids=str)
def test_a_wrong_team_is_refused(admin: Visitor, body: dict[str, Any]) -> None:
    assert admin.post("/teams", json=body).status_code == 422
