"""Trying rules on the tickets of the last 30 days."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from contracts.people import Permission
from data_api.assignment import trial_repository
from data_api.assignment.trial import CURSOR
from data_api.kit.paging import read_cursor, write_cursor
from tests.data_api.assignment.conftest import Rules, Team
from tests.support import rows
from tests.support.api import Api, Visitor, done
from tests.support.matrix import by_made_role

AT = "/assignment-rules/try"
NOW = datetime.now(UTC)
EVERYTHING = "SELECT (SELECT count(*) FROM ticket), (SELECT count(*) FROM ticket_event), (SELECT max(id) FROM change)"


@pytest.fixture
def month(api: Api, student: Visitor, rules: Rules) -> list[int]:
    """Six tickets, one a day; the second and fifth are about lifts, the last one is confidential. Before them, one that
    is too old."""
    assert rules.all() == []
    api.sql("DELETE FROM ticket")
    rows.ticket(api, requester_id=student.person_id, opened_at=NOW - timedelta(days=31))
    texts = ["Door", "Lift", "Window", "Roof", "Lift", "Lamp"]
    return rows.tickets(
        api,
        [
            {
                "title": text,
                "description": "Broken",
                "requester_id": student.person_id,
                "opened_at": NOW - timedelta(days=6 - day),
                "is_confidential": day == 5,
                "priority": 3 if text == "Roof" else 1,
            }
            for day, text in enumerate(texts)
        ],
    )


def tried(visitor: Visitor, **wish: Any) -> dict[str, Any]:
    return done(visitor.post(AT, json=wish))


def outcomes(trial: dict[str, Any]) -> dict[str, tuple[int | None, int | None]]:
    """By the ticket's title: the rule and the assignee."""
    return {
        f"{one['title']} {one['id']}": (one["rule"], one["assignee"] and one["assignee"]["id"])
        for one in trial["examples"]["items"]
    }


def test_rules_that_are_not_stored_are_tried(
    api: Api, admin: Visitor, team: Team, other_team: Team, month: list[int]
) -> None:
    lifter, first, second = team.person(capacity=1), other_team.person(), other_team.person()
    lifts = {"name": "Lifts", "words": ["lift"], "team": team.slug}
    usual = {"name": "All else", "priorities": ["normal"], "team": other_team.slug}
    before = api.sql(EVERYTHING)
    trial = tried(admin, rules=[lifts, usual])
    assert api.sql(EVERYTHING) == before
    assert (trial["tickets"], trial["is_capped"], trial["fitting"], trial["assigned"]) == (6, False, 4, 3)
    door, lift, window, roof, lift_again, lamp = month
    assert outcomes(trial) == {
        f"Lamp {lamp}": (None, None),  # it is confidential
        f"Lift {lift_again}": (1, None),  # the first one is not closed yet
        f"Roof {roof}": (None, None),
        f"Window {window}": (2, second),
        f"Lift {lift}": (1, lifter),
        f"Door {door}": (2, first),
    }
    assert [(rule["number"], rule["id"], rule["tickets"], rule["assigned"]) for rule in trial["by_rule"]] == [
        (1, None, 2, 1),
        (2, None, 2, 2),
    ]
    assert {(one["team"]["slug"], one["tickets"], one["assigned"]) for one in trial["by_team"]} == {
        (team.slug, 2, 1),
        (other_team.slug, 2, 2),
    }
    assert {(one["person"]["id"], one["tickets"], one["most_at_once"]) for one in trial["by_person"]} == {
        (lifter, 1, 1),
        (first, 1, 1),
        (second, 1, 1),
    }
    (full,) = [one for one in trial["examples"]["items"] if one["id"] == lift_again]
    assert full["because"]["text"] == f"rule 1: {team.name}; nobody is free: 1 full"
    assert trial["caveats"]


def test_what_a_rule_names_and_there_is_not_is_said_with_its_place(admin: Visitor, team: Team) -> None:
    rules = [{"name": "Lifts", "team": team.slug}, {"name": "Roofs", "team": team.slug, "categories": ["nothing"]}]
    answer = admin.post(AT, json={"rules": rules})
    assert answer.status_code == 422
    assert [one["name"] for one in answer.json()["fields"]] == ["body.rules.1.categories"]


def test_a_stored_rule_that_is_off_is_tried(admin: Visitor, team: Team, rules: Rules, month: list[int]) -> None:
    team.person()
    rules.add(team, words=["roof"])
    off = rules.add(team, words=["lift"], is_on=False)
    assert tried(admin)["fitting"] == 1
    trial = tried(admin, switch_on=[off["id"]])
    assert [(rule["id"], rule["tickets"]) for rule in trial["by_rule"]] == [(off["id"] - 1, 1), (off["id"], 2)]
    assert admin.post(AT, json={"switch_on": [10**9]}).status_code == 404
    assert rules.all()[1]["is_on"] is False


def test_examples_are_chosen_and_paged(admin: Visitor, team: Team, month: list[int]) -> None:
    person = team.person()
    wish: dict[str, Any] = {"rules": [{"name": "Lifts", "words": ["lift"], "team": team.slug}]}
    lifts = [month[4], month[1]]
    for chosen in ({"rule": 1}, {"team": team.slug}, {"person": person}):
        assert [one["id"] for one in tried(admin, **wish, **chosen)["examples"]["items"]] == lifts
    assert len(tried(admin, **wish, rule=0)["examples"]["items"]) == 4
    seen, cursor = [], None
    for _ in range(3):
        examples = tried(admin, **wish, limit=2, cursor=cursor)["examples"]
        seen += [one["id"] for one in examples["items"]]
        cursor = examples["next_cursor"]
    assert (seen, cursor) == (month[::-1], None)
    assert admin.post(AT, json={**wish, "cursor": "nonsense"}).status_code == 422


def test_what_one_may_not_read_is_not_tried(api: Api, admin: Visitor, team: Team, month: list[int]) -> None:
    permissions = (
        *(Permission.TICKETS_REPORT, Permission.TICKETS_READ_SHARED, Permission.TICKETS_READ_ALL),
        *(Permission.PEOPLE_READ, Permission.ASSIGNMENT_MANAGE),
    )
    keeper = by_made_role(*permissions)(api, "Keeper who tries")
    wish = {"rules": [{"name": "Theirs", "confidential": "only", "team": team.slug}]}
    assert tried(keeper, **wish)["tickets"] == 5
    assert tried(keeper, **wish)["fitting"] == 0
    assert tried(admin, **wish)["fitting"] == 1


def test_without_rules_and_without_tickets(api: Api, admin: Visitor, team: Team, month: list[int]) -> None:
    trial = tried(admin)
    assert (trial["tickets"], trial["fitting"], trial["by_rule"]) == (6, 0, [])
    api.sql("DELETE FROM ticket")
    trial = tried(admin, rules=[{"name": "All", "team": team.slug}])
    assert (trial["tickets"], trial["fitting"], trial["examples"]["items"]) == (0, 0, [])


@pytest.mark.parametrize("wrong", [{"rules": [{"name": "x", "team": "nowhere"}]}, {"limit": 0}, {"rule": -1}], ids=str)
def test_a_wrong_trial_is_refused(admin: Visitor, wrong: dict[str, Any]) -> None:
    assert admin.post(AT, json=wrong).status_code == 422


def test_it_ends_in_time_and_says_that_there_are_more(
    admin: Visitor, team: Team, month: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Further pages of examples are about the same tickets as the first."""
    monkeypatch.setattr(trial_repository, "AT_ONCE", 2)
    wish: dict[str, Any] = {"rules": [{"name": "All", "team": team.slug}], "limit": 1}
    whole = tried(admin, **wish)
    assert (whole["tickets"], whole["is_capped"]) == (6, False)
    monkeypatch.setattr("data_api.assignment.trial.MOST_SECONDS", 0.0)
    first = tried(admin, **wish)
    assert (first["tickets"], first["is_capped"], first["examples"]["items"][0]["id"]) == (2, True, month[5])
    monkeypatch.undo()
    second = tried(admin, **wish, cursor=first["examples"]["next_cursor"])
    assert (second["tickets"], second["is_capped"], second["examples"]["items"][0]["id"]) == (2, True, month[4])
    assert second["examples"]["next_cursor"] is None
    monkeypatch.setattr(trial_repository, "AT_ONCE", 2)
    monkeypatch.setattr("data_api.assignment.trial.MOST_SECONDS_AGAIN", 0.0)
    until, most, *after = read_cursor(CURSOR, first["examples"]["next_cursor"], (datetime, int, datetime, int))
    assert most == 2
    made_up = write_cursor(CURSOR, [until, 6, *after])
    refused = admin.post(AT, json={**wish, "cursor": made_up})
    assert (refused.status_code, refused.json()["fields"][0]["name"]) == (422, "body.cursor")


def test_large_teams_are_tried_on_fewer_tickets(
    admin: Visitor, team: Team, month: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        team.person()
    monkeypatch.setattr("data_api.assignment.trial.MOST_CONSIDERED", 6)
    trial = tried(admin, rules=[{"name": "All", "team": team.slug}])
    # The last one fits no rule; for each of the two before it, three people are considered.
    assert (trial["tickets"], trial["fitting"], trial["is_capped"]) == (3, 2, True)


def test_it_waits_for_nobody(api: Api, admin: Visitor, team: Team, month: list[int]) -> None:
    """Not for whoever is deleting what the rules name."""
    building = rows.building(api, "Going hall")
    wish = {"name": "x", "team": team.slug, "categories": ["technical-it"], "buildings": ["going-hall"]}
    with psycopg.connect(api.database_url) as other:
        other.execute("SELECT FROM category WHERE slug = 'technical-it' FOR UPDATE")
        other.execute("SELECT FROM building WHERE id = %s FOR UPDATE", [building])
        assert tried(admin, rules=[wish])["tickets"] == 6
