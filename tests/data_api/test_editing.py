"""Changing a ticket's fields: who may change which, what the history says, and stale versions."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import httpx
import psycopg
import pytest

from contracts.tickets import TicketUpdate
from tests.support.api import Api, Visitor, done
from tests.support.meanwhile import held_up

REQUESTER_FIELDS = {"title": "New title", "description": "New text", "building": "canteen", "room": "1.01"}
STAFF_FIELDS = {
    "priority": "urgent",
    "category": "technical-it",
    "stage": "to-do",
    "assignee": None,
    "is_confidential": False,
    "tags": ["lift"],
}


@pytest.fixture(scope="module", autouse=True)
def canteen(admin: Visitor) -> None:
    done(admin.post("/buildings", json={"name": "Canteen"}), 201)


def patch(visitor: Visitor, ticket_id: int, version: int, **fields: Any) -> httpx.Response:
    return visitor.patch(f"/tickets/{ticket_id}", json={"version": version, **fields})


def last_event(visitor: Visitor, ticket_id: int) -> dict[str, Any]:
    events = done(visitor.get(f"/tickets/{ticket_id}/history"))["items"]
    found: dict[str, Any] = events[-1]
    return found


@pytest.mark.parametrize("name", REQUESTER_FIELDS)
@pytest.mark.parametrize("who", ["student", "other_student", "agent"])
def test_these_fields_anyone_who_sees_an_open_ticket_may_change(
    request: pytest.FixtureRequest, student: Visitor, who: str, name: str
) -> None:
    visitor: Visitor = request.getfixturevalue(who)
    ticket_id = student.report()["id"]
    changed = done(patch(visitor, ticket_id, 1, **{name: REQUESTER_FIELDS[name]}))
    assert changed[name] == REQUESTER_FIELDS[name]
    assert changed["version"] == 2
    assert datetime.fromisoformat(changed["modified_at"]) > datetime.fromisoformat(changed["opened_at"])
    assert student.read(ticket_id)[name] == REQUESTER_FIELDS[name]


@pytest.mark.parametrize("name", STAFF_FIELDS)
@pytest.mark.parametrize("who", ["student", "other_student"])
def test_the_other_fields_are_the_staffs(request: pytest.FixtureRequest, student: Visitor, who: str, name: str) -> None:
    visitor: Visitor = request.getfixturevalue(who)
    before = student.report()
    answer = patch(visitor, before["id"], 1, **{"title": "Slipped in", name: STAFF_FIELDS[name]})
    assert answer.status_code == 403
    assert name in answer.json()["detail"]
    assert student.read(before["id"]) == before


def test_the_ticket_tells_what_may_be_edited(student: Visitor, other_student: Visitor, agent: Visitor) -> None:
    ticket_id = student.report()["id"]
    assert set(student.read(ticket_id)["editable"]) == set(REQUESTER_FIELDS)
    assert set(other_student.read(ticket_id)["editable"]) == set(REQUESTER_FIELDS)
    assert set(agent.read(ticket_id)["editable"]) == set(TicketUpdate.model_fields) - {"version", "despite_blockers"}


def test_a_closed_ticket_is_not_edited_by_its_requester(student: Visitor) -> None:
    ticket_id = student.report()["id"]
    closed = student.move(ticket_id, "closed")
    assert closed["editable"] == []
    answer = patch(student, ticket_id, closed["version"], title="Later")
    assert answer.status_code == 409
    assert answer.json()["error"] == "TicketAlreadyClosed"
    assert "reopen it first" in answer.json()["detail"]


def test_staff_edit_a_closed_ticket(student: Visitor, agent: Visitor) -> None:
    ticket_id = student.report()["id"]
    student.move(ticket_id, "closed")
    assert agent.edit(ticket_id, category="technical-it", tags=["late"])["category"] == "technical-it"


@pytest.mark.parametrize(
    ("fields", "event"),
    [
        ({"priority": "urgent"}, ("priority", "normal", "urgent")),
        ({"category": "technical-it"}, ("category", "facility-management", "technical-it")),
        ({"building": "canteen"}, ("building", None, "canteen")),
        ({"room": "2.14"}, ("room", None, "2.14")),
        ({"is_confidential": True}, ("confidential", "false", "true")),
        ({"tags": ["Water", "lift", "LIFT"]}, ("tags", None, "lift, water")),
        ({"title": "A new title"}, ("title", "The lift has no light.", "A new title")),
        ({"description": "A new text"}, ("description", "The lift has no light.", "A new text")),
    ],
)
def test_each_change_is_a_line_of_the_history(
    student: Visitor, agent: Visitor, fields: dict[str, Any], event: tuple[str, ...]
) -> None:
    # A text of its own: staff have put others elsewhere, and the desk has learned it.
    ticket_id = student.report("The lift has no light.")["id"]
    changed = agent.edit(ticket_id, **fields)
    line = last_event(agent, ticket_id)
    assert (line["kind"], line["from"], line["to"]) == event
    assert line["actor"]["id"] == agent.person_id
    assert line["occurred_at"] == changed["modified_at"]


def test_several_fields_change_at_once(student: Visitor, agent: Visitor) -> None:
    ticket_id = student.report()["id"]
    changed = agent.edit(ticket_id, priority="high", room="3", tags=["a", "b"], title="All")
    assert changed["version"] == 2
    assert (changed["priority"], changed["room"], changed["tags"], changed["title"]) == ("high", "3", ["a", "b"], "All")


def test_what_stays_the_same_is_no_change(student: Visitor, agent: Visitor) -> None:
    before = student.report(room="1")
    same = {name: before[name] for name in ("title", "description", "room", "priority", "category", "stage", "tags")}
    assert agent.edit(before["id"], **same, assignee=None) == agent.read(before["id"])
    assert student.read(before["id"]) == before
    assert len(done(agent.get(f"/tickets/{before['id']}/history"))["items"]) == 1


def test_null_empties_what_may_be_empty(student: Visitor, agent: Visitor) -> None:
    ticket_id = student.report(building="canteen", room="1")["id"]
    agent.edit(ticket_id, assignee=agent.person_id)
    changed = agent.edit(ticket_id, building=None, room=None, assignee=None)
    assert (changed["building"], changed["room"], changed["assignee"]) == (None, None, None)


@pytest.mark.parametrize("name", ["title", "description", "priority", "category", "stage", "is_confidential", "tags"])
def test_null_is_refused_where_a_field_is_never_empty(student: Visitor, agent: Visitor, name: str) -> None:
    answer = patch(agent, student.report()["id"], 1, **{name: None})
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["name"] == f"body.{name}"


def test_no_tags_take_all_away(student: Visitor, agent: Visitor) -> None:
    ticket_id = student.report()["id"]
    agent.edit(ticket_id, tags=["one", "two"])
    assert agent.edit(ticket_id, tags=["two", "three"])["tags"] == ["three", "two"]
    assert agent.edit(ticket_id, tags=[])["tags"] == []
    assert (last_event(agent, ticket_id)["from"], last_event(agent, ticket_id)["to"]) == ("three, two", None)


# -- assigning -----------------------------------------------------------------------------------------------------


def test_assigning_names_people_in_the_history(api: Api, student: Visitor, agent: Visitor) -> None:
    colleague = api.enter("manager", "Noor Haddad")
    ticket_id = student.report()["id"]
    changed = agent.edit(ticket_id, assignee=agent.person_id)
    assert changed["assignee"] == {"id": agent.person_id, "name": "Ada Okafor"}
    agent.edit(ticket_id, assignee=colleague.person_id)
    line = last_event(agent, ticket_id)
    assert (line["kind"], line["from"], line["to"]) == ("assignee", "Ada Okafor", "Noor Haddad")


@pytest.mark.parametrize("role", ["student", "analyst"])
def test_only_those_who_work_at_the_helpdesk_are_assigned(
    api: Api, student: Visitor, agent: Visitor, role: str
) -> None:
    answer = patch(agent, student.report()["id"], 1, assignee=api.enter(role).person_id)
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["name"] == "body.assignee"


def test_nobody_unknown_is_assigned(student: Visitor, agent: Visitor) -> None:
    answer = patch(agent, student.report()["id"], 1, assignee=987_654_321)
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["name"] == "body.assignee"


def test_whoever_hides_a_ticket_or_hands_a_hidden_one_on_stays_named_on_it(
    api: Api, student: Visitor, agent: Visitor
) -> None:
    colleague, outsider = api.enter("agent", "Noor Haddad"), api.enter("agent", "Out Sider")
    ticket_id = student.report()["id"]
    assert agent.edit(ticket_id, is_confidential=True)["is_followed"]
    agent.edit(ticket_id, assignee=colleague.person_id)
    handed_on = colleague.edit(ticket_id, assignee=agent.person_id)
    assert handed_on["assignee"]["id"] == agent.person_id
    assert handed_on["is_followed"]
    assert outsider.get(f"/tickets/{ticket_id}").status_code == 404


def test_whoever_followed_a_ticket_before_it_was_hidden_is_not_named_on_it(
    api: Api, student: Visitor, agent: Visitor
) -> None:
    curious = api.enter("student", "Curious Neighbour")
    ticket_id = student.report()["id"]
    assert curious.put(f"/tickets/{ticket_id}/follow").status_code == 204
    agent.edit(ticket_id, is_confidential=True)
    assert curious.get(f"/tickets/{ticket_id}").status_code == 404
    assert curious.get(f"/tickets/{ticket_id}/messages").status_code == 404


# -- the board's columns -------------------------------------------------------------------------------------------


def test_a_step_inside_a_status_is_no_transition(student: Visitor, agent: Visitor) -> None:
    ticket_id = student.report()["id"]
    agent.move(ticket_id, "active")
    changed = agent.edit(ticket_id, stage="blocked")
    assert (changed["status"], changed["stage"]) == ("active", "blocked")
    line = last_event(agent, ticket_id)
    assert (line["kind"], line["from"], line["to"]) == ("stage", "in-progress", "blocked")


def test_a_stage_of_another_status_is_that_transition(student: Visitor, agent: Visitor) -> None:
    ticket_id = student.report()["id"]
    assert agent.edit(ticket_id, stage="pending")["status"] == "active"
    closed = agent.edit(ticket_id, stage="completed")
    assert (closed["status"], closed["closed_reason"], closed["version"]) == ("closed", "solved", 3)
    assert closed["closed_at"] is not None
    reopened = agent.edit(ticket_id, stage="blocked")
    assert (reopened["status"], reopened["stage"], reopened["closed_at"]) == ("active", "blocked", None)
    kinds = [event["kind"] for event in done(agent.get(f"/tickets/{ticket_id}/history"))["items"]]
    assert kinds == ["opened", *["status", "stage"] * 3, "assignee"]


@pytest.mark.parametrize(
    ("stage", "moves"), [("completed", []), ("to-do", ["active"]), ("to-do", ["active", "closed"])]
)
def test_a_stage_that_the_rules_do_not_lead_to_is_refused(
    student: Visitor, agent: Visitor, stage: str, moves: list[str]
) -> None:
    ticket_id = student.report()["id"]
    before = agent.move(ticket_id, *moves)
    answer = patch(agent, ticket_id, before["version"], stage=stage, priority="urgent", tags=["x"])
    assert answer.status_code == 409
    assert answer.json()["error"] == "TransitionRefused"
    assert agent.read(ticket_id) == before


def test_an_unknown_stage_is_named(student: Visitor, agent: Visitor) -> None:
    answer = patch(agent, student.report()["id"], 1, stage="limbo")
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["name"] == "body.stage"


# -- versions ------------------------------------------------------------------------------------------------------


def test_a_stale_edit_is_told_what_is_now(student: Visitor, agent: Visitor) -> None:
    ticket_id = student.report()["id"]
    agent.edit(ticket_id, priority="high")
    answer = patch(student, ticket_id, 1, title="Mine")
    assert answer.status_code == 409
    assert answer.json()["error"] == "StaleVersion"
    # As the one who asks sees it.
    assert answer.json()["current"] == student.read(ticket_id)
    assert student.read(ticket_id)["title"] != "Mine"


def test_a_version_from_the_future_is_stale_too(student: Visitor) -> None:
    assert patch(student, student.report()["id"], 2, title="x").status_code == 409


def test_a_version_must_come_along(student: Visitor) -> None:
    answer = student.patch(f"/tickets/{student.report()['id']}", json={"title": "x"})
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["name"] == "body.version"


def test_of_two_edits_at_the_same_moment_one_wins(student: Visitor, agent: Visitor) -> None:
    ticket_id = student.report()["id"]
    with ThreadPoolExecutor(6) as together:
        answers = list(together.map(lambda n: patch(agent, ticket_id, 1, title=f"Title {n}"), range(6)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    winner = next(answer.json() for answer in answers if answer.status_code == 200)
    assert agent.read(ticket_id) == winner
    assert all(answer.json()["current"] == winner for answer in answers if answer.status_code == 409)


def test_who_waits_for_another_acts_after_them(api: Api, student: Visitor, agent: Visitor) -> None:
    """The history is in the order in which things happened."""
    ticket_id = student.report()["id"]
    wish = {"status": "active"}
    with psycopg.connect(api.database_url) as holder:
        holder.execute("SELECT FROM ticket WHERE id = %s FOR UPDATE", [ticket_id])
        with held_up(api, lambda: agent.post(f"/tickets/{ticket_id}/status", json=wish), holder) as answers:
            (released_at,) = holder.execute("SELECT clock_timestamp()").fetchone() or (None,)
    assert datetime.fromisoformat(done(answers[0])["modified_at"]) >= released_at


def test_a_message_is_no_edit(student: Visitor, agent: Visitor) -> None:
    """Who edits while someone writes loses nothing."""
    ticket_id = student.report()["id"]
    agent.say(ticket_id)
    assert done(patch(student, ticket_id, 1, title="Still fine"))["version"] == 2
