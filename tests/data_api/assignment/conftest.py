"""A desk where it is noon, with teams and rules."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from tests.support import rows
from tests.support.api import Api, Visitor, done, running_api, where_it_is_noon

NUMBERS = count(1)


class Team:
    """A team that only one test uses."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.name = f"Team {next(NUMBERS)}"
        self.id = rows.team(api, self.name)
        self.slug = self.name.lower().replace(" ", "-")

    def person(self, **fields: Any) -> int:
        """Adds somebody who works on tickets, unless `roles` say otherwise, and returns their id."""
        known = {"roles": ["agent"], **fields}
        return rows.person(self.api, f"Person {next(NUMBERS)}", team_id=self.id, **known)


@pytest.fixture(scope="module")
def api(module_database_url: str) -> Iterator[Api]:
    with running_api(module_database_url, LODGE_TIMEZONE=where_it_is_noon()) as running:
        yield running


@pytest.fixture
def team(api: Api) -> Team:
    return Team(api)


@pytest.fixture
def other_team(api: Api) -> Team:
    return Team(api)


class Rules:
    """Makes rules, which are on."""

    def __init__(self, admin: Visitor) -> None:
        self.admin = admin

    def add(self, team: Team, **fields: Any) -> dict[str, Any]:
        body = {"name": f"To {team.name}", "is_on": True, "team": team.slug, **fields}
        return done(self.admin.post("/assignment-rules", json=body), 201)

    def all(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = done(self.admin.get("/assignment-rules"))["items"]
        return found

    def change(self, rule: dict[str, Any], **fields: Any) -> dict[str, Any]:
        body = {"version": rule["version"], **fields}
        return done(self.admin.patch(f"/assignment-rules/{rule['id']}", json=body))


@pytest.fixture
def rules(api: Api, admin: Visitor) -> Rules:
    """On a desk without rules."""
    api.sql("DELETE FROM assignment_rule")
    return Rules(admin)
