"""Lodging a problem."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.api import Api, Visitor, done

PROMISED = {
    *("id", "title", "description", "status", "stage", "category", "priority", "building", "room", "requester"),
    *("assignee", "opened_at", "modified_at", "closed_at", "first_response_at", "version"),
}


@pytest.fixture(scope="module", autouse=True)
def library(admin: Visitor) -> None:
    done(admin.post("/buildings", json={"name": "Main Library"}), 201)


def test_a_description_is_enough(student: Visitor) -> None:
    ticket = student.report("The lift is stuck.\nSecond floor, doors open.")
    assert set(ticket) >= PROMISED
    assert ticket["title"] == "The lift is stuck."
    assert ticket["description"] == "The lift is stuck.\nSecond floor, doors open."
    assert (ticket["status"], ticket["stage"], ticket["priority"]) == ("open", "to-do", "normal")
    assert ticket["category"] == "facility-management"
    assert ticket["requester"] == {"id": student.person_id, "name": "Mia Rossi"}
    assert ticket["version"] == 1
    assert ticket["waits_for"] == "desk"
    empty = ("building", "room", "assignee", "closed_at", "first_response_at", "closed_reason", "last_message_at")
    assert [ticket[name] for name in empty] == [None] * len(empty)


def test_the_service_sets_the_moments(student: Visitor) -> None:
    before = datetime.now(UTC)
    ticket = student.report()
    opened_at = datetime.fromisoformat(ticket["opened_at"])
    assert opened_at.utcoffset() == timedelta(0)
    assert before <= opened_at <= datetime.now(UTC)
    assert ticket["modified_at"] == ticket["opened_at"]


def test_every_field_is_taken(student: Visitor) -> None:
    fields = {
        "title": "WLAN im Hörsaal 東京 😀",
        "priority": "urgent",
        "category": "technical-it",
        "building": "main-library",
        "room": "2.14",
    }
    ticket = student.report("Kein Netz.", **fields)
    assert {name: ticket[name] for name in fields} == fields
    assert student.read(ticket["id"]) == ticket


def test_the_answer_says_where_the_ticket_is(student: Visitor) -> None:
    answer = student.post("/tickets", json={"description": "Broken chair"})
    assert answer.headers["Location"] == f"/tickets/{answer.json()['id']}"


def test_numbers_grow(student: Visitor) -> None:
    first, second = student.report(), student.report()
    assert second["id"] > first["id"]


@pytest.mark.parametrize(
    ("description", "title"),
    [
        ("One line", "One line"),
        ("\n\n  Second line counts \n more", "Second line counts"),
        ("word " * 40, "word " * 14 + "word…"),
        ("x" * 100, "x" * 79 + "…"),
        ("x" * 80, "x" * 80),
        ("\u202e\nturned \u202eround", "turned round"),
        ("\u200b \u2060\nSeen", "Seen"),
    ],
)
def test_a_missing_title_is_drawn_from_the_first_line(student: Visitor, description: str, title: str) -> None:
    found = student.report(description)["title"]
    assert found == title
    assert len(found) <= 80


def test_a_title_is_one_line_that_turns_nothing_around_it(student: Visitor) -> None:
    ticket = student.report(title=" Lift\n\tB\u2028 \u202eneve ", room="2\n14")
    assert (ticket["title"], ticket["room"]) == ("Lift B neve", "2 14")


def test_opening_is_the_first_line_of_the_history(student: Visitor) -> None:
    ticket = student.report()
    history = done(student.get(f"/tickets/{ticket['id']}/history"))["items"]
    assert [(event["kind"], event["from"], event["to"]) for event in history] == [("opened", None, "open")]
    assert history[0]["actor"] == {"id": student.person_id, "name": "Mia Rossi"}
    assert history[0]["occurred_at"] == ticket["opened_at"]


def test_staff_report_for_someone_else(student: Visitor, agent: Visitor) -> None:
    ticket = agent.report("He called: no heating.", requester=student.person_id)
    assert ticket["requester"]["id"] == student.person_id
    assert student.read(ticket["id"])["allowed_statuses"] == ["closed"]
    history = done(agent.get(f"/tickets/{ticket['id']}/history"))["items"]
    assert history[0]["actor"]["id"] == agent.person_id


def test_students_report_for_themselves_only(student: Visitor, other_student: Visitor) -> None:
    wish = {"description": "x", "requester": other_student.person_id}
    assert student.post("/tickets", json=wish).status_code == 403
    assert student.report(requester=student.person_id)["requester"]["id"] == student.person_id


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, "body.description"),
        ({"description": None}, "body.description"),
        ({"description": ""}, "body.description"),
        ({"description": " \n\t "}, "body.description"),
        ({"description": "\u200b \u2060\u200d\ufeff"}, "body.description"),
        ({"description": "x", "title": "\u200b"}, "body.title"),
        ({"description": "x" * 20_001}, "body.description"),
        ({"description": "a\x00b"}, "body.description"),
        ({"description": 5}, "body.description"),
        ({"description": "x", "title": ""}, "body.title"),
        ({"description": "x", "title": "x" * 201}, "body.title"),
        ({"description": "x", "priority": "very"}, "body.priority"),
        ({"description": "x", "category": "no-such"}, "body.category"),
        ({"description": "x", "category": "Not A Slug"}, "body.category"),
        ({"description": "x", "building": "no-such"}, "body.building"),
        ({"description": "x", "room": "x" * 61}, "body.room"),
        ({"description": "x", "requester": 0}, "body.requester"),
        ({"description": "x", "requester": 10**30}, "body.requester"),
        ({"description": "x", "status": "closed"}, "body.status"),
        ({"description": "x", "opened_at": "2020-01-01T00:00:00Z"}, "body.opened_at"),
        ({"description": "x", "id": 7}, "body.id"),
    ],
)
def test_a_wrong_field_is_named(api: Api, student: Visitor, fields: dict[str, Any], name: str) -> None:
    before = api.sql("SELECT count(*) FROM ticket")
    answer = student.post("/tickets", json=fields)
    assert answer.status_code == 422
    assert name in {field["name"] for field in answer.json()["fields"]}
    assert api.sql("SELECT count(*) FROM ticket") == before


def test_an_unknown_requester_is_named(agent: Visitor) -> None:
    answer = agent.post("/tickets", json={"description": "x", "requester": 987_654_321})
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["name"] == "body.requester"


def test_the_longest_texts_are_kept_whole(student: Visitor) -> None:
    description = "ä€😀 " * 4999 + "ende"
    ticket = student.report(description, title="ü" * 200, room="r" * 60)
    assert (ticket["description"], ticket["title"], ticket["room"]) == (description, "ü" * 200, "r" * 60)


def test_staff_assign_what_they_report(api: Api, agent: Visitor, student: Visitor) -> None:
    colleague = api.enter("agent", "Ben Ito")
    ticket = agent.report("The gate is stuck.", requester=student.person_id, assignee=colleague.person_id)
    assert ticket["assignee"] == {"id": colleague.person_id, "name": "Ben Ito"}
    assert (ticket["status"], ticket["version"]) == ("open", 1)
    history = done(agent.get(f"/tickets/{ticket['id']}/history"))["items"]
    assert [(event["kind"], event["to"]) for event in history] == [("opened", "open"), ("assignee", "Ben Ito")]


def test_staff_tag_what_they_report(agent: Visitor) -> None:
    ticket = agent.report("The gate is stuck.", tags=["Stuck", "gate ", "gate"])
    assert (ticket["tags"], ticket["version"]) == (["gate", "stuck"], 1)
    assert ticket["id"] in agent.list_ids(tag="stuck")
    history = done(agent.get(f"/tickets/{ticket['id']}/history"))["items"]
    assert [(event["kind"], event["to"]) for event in history] == [("opened", "open"), ("tags", "gate, stuck")]
    many = agent.post("/tickets", json={"description": "Help", "tags": [f"t{number}" for number in range(21)]})
    assert [field["name"] for field in many.json()["fields"]] == ["body.tags"]


def test_a_student_assigns_and_tags_nothing(agent: Visitor, student: Visitor) -> None:
    before = student.list_ids(requester="me")
    refused = student.post("/tickets", json={"description": "Help", "assignee": agent.person_id})
    assert (refused.status_code, refused.json()["detail"]) == (403, "Only helpdesk staff assign tickets.")
    refused = student.post("/tickets", json={"description": "Help", "tags": ["urgent"]})
    assert (refused.status_code, refused.json()["detail"]) == (403, "Only helpdesk staff tag tickets.")
    assert student.list_ids(requester="me") == before


def test_a_ticket_is_assigned_to_staff_only(api: Api, agent: Visitor, student: Visitor) -> None:
    before = agent.list_ids()
    for nobody in (student.person_id, 10**15):
        refused = agent.post("/tickets", json={"description": "Help", "assignee": nobody})
        assert refused.status_code == 422
        assert [field["name"] for field in refused.json()["fields"]] == ["body.assignee"]
    assert agent.list_ids() == before


def test_who_reports_confidentially_for_a_colleague_to_solve_still_reads_it(
    api: Api, agent: Visitor, student: Visitor
) -> None:
    colleague, other = api.enter("agent", "Ben Ito"), api.enter("agent", "Cleo Marsh")
    named = {"requester": student.person_id, "assignee": colleague.person_id}
    ticket = agent.report("A threat.", is_confidential=True, **named)["id"]
    assert [visitor.get(f"/tickets/{ticket}").status_code for visitor in (agent, colleague, student, other)] == [
        *(200, 200, 200),
        404,
    ]
