"""The talk under a ticket, and what follows from it."""

from datetime import datetime
from typing import Any

import pytest

from tests.support.api import Api, Visitor, done


@pytest.fixture
def ticket_id(student: Visitor) -> int:
    number: int = student.report()["id"]
    return number


def thread(visitor: Visitor, ticket_id: int, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = done(visitor.get(f"/tickets/{ticket_id}/messages", params=query))["items"]
    return items


def test_the_thread_is_oldest_first(student: Visitor, agent: Visitor, ticket_id: int) -> None:
    said = [student.say(ticket_id, "It squeaks."), agent.say(ticket_id, "Where?"), student.say(ticket_id, "Left.")]
    assert thread(student, ticket_id) == said == thread(agent, ticket_id)
    assert thread(student, ticket_id, sort="-created_at") == said[::-1]
    assert [message["author"] for message in said[:2]] == [
        {"id": student.person_id, "name": "Mia Rossi", "role": "student", "is_staff": False},
        {"id": agent.person_id, "name": "Ada Okafor", "role": "agent", "is_staff": True},
    ]


def test_the_thread_is_paged_both_ways(student: Visitor, ticket_id: int) -> None:
    said = [student.say(ticket_id, f"Line {number}")["id"] for number in range(7)]
    for sort, wanted in (("created_at", said), ("-created_at", said[::-1])):
        found = student.walk(f"/tickets/{ticket_id}/messages", limit=3, sort=sort)
        assert [message["id"] for message in found] == wanted


# -- what follows from a message -----------------------------------------------------------------------------------


def test_whose_turn_it_is_follows_from_the_last_public_message(
    student: Visitor, agent: Visitor, ticket_id: int
) -> None:
    assert student.read(ticket_id)["waits_for"] == "desk"
    said = agent.say(ticket_id)
    ticket = student.read(ticket_id)
    assert (ticket["waits_for"], ticket["last_message_at"]) == ("requester", said["created_at"])
    student.say(ticket_id)
    assert student.read(ticket_id)["waits_for"] == "desk"


def test_the_first_answer_of_the_desk_is_the_first_response(student: Visitor, agent: Visitor, ticket_id: int) -> None:
    student.say(ticket_id, "Hello?")
    agent.say(ticket_id, "Not yet public", is_internal=True)
    assert student.read(ticket_id)["first_response_at"] is None
    first = agent.say(ticket_id)
    agent.say(ticket_id)
    assert student.read(ticket_id)["first_response_at"] == first["created_at"]


def test_a_message_of_another_student_is_no_response(
    student: Visitor, other_student: Visitor, agent: Visitor, ticket_id: int
) -> None:
    agent.say(ticket_id)
    said = other_student.say(ticket_id, "Me too!")
    assert said["author"]["role"] == "student"
    assert student.read(ticket_id)["waits_for"] == "desk"


@pytest.mark.parametrize(
    ("roles", "spoken"), [(["analyst", "manager"], "manager"), (["admin", "agent", "student"], "agent")], ids=str
)
def test_who_has_several_roles_speaks_in_one_that_works_on_tickets(
    api: Api, ticket_id: int, roles: list[str], spoken: str
) -> None:
    visitor = api.enter(roles[0], f"Speaker as {spoken}")
    api.sql("UPDATE person SET roles = %s WHERE id = %s", roles, visitor.person_id)
    author = visitor.say(ticket_id)["author"]
    assert (author["role"], author["is_staff"]) == (spoken, True)


def test_staff_under_their_own_report_speak_as_its_requester(agent: Visitor) -> None:
    ticket_id = agent.report()["id"]
    author, noting = agent.say(ticket_id)["author"], agent.say(ticket_id, is_internal=True)["author"]
    assert (author["role"], author["is_staff"]) == ("student", False)
    assert (noting["role"], noting["is_staff"]) == ("agent", True)
    ticket = agent.read(ticket_id)
    assert (ticket["first_response_at"], ticket["waits_for"]) == (None, "desk")


@pytest.mark.parametrize("stage", ["pending", "blocked", "in-progress"])
def test_a_requesters_message_puts_a_pending_ticket_back_in_progress(
    student: Visitor, agent: Visitor, ticket_id: int, stage: str
) -> None:
    agent.edit(ticket_id, stage=stage)
    student.say(ticket_id, "Here is the number you asked for.")
    found = student.read(ticket_id)["stage"]
    assert found == ("in-progress" if stage == "pending" else stage)
    event = done(student.get(f"/tickets/{ticket_id}/history"))["items"][-1]
    if stage == "pending":
        assert (event["kind"], event["from"], event["to"]) == ("stage", "pending", "in-progress")
        assert event["actor"]["id"] == student.person_id


def test_nobody_elses_message_puts_it_back(
    student: Visitor, other_student: Visitor, agent: Visitor, ticket_id: int
) -> None:
    agent.edit(ticket_id, stage="pending")
    agent.say(ticket_id)
    other_student.say(ticket_id)
    agent.say(ticket_id, "note", is_internal=True)
    assert student.read(ticket_id)["stage"] == "pending"


def test_a_message_modifies_its_ticket_and_a_note_does_not(student: Visitor, agent: Visitor, ticket_id: int) -> None:
    before = student.read(ticket_id)
    agent.say(ticket_id, "note", is_internal=True)
    assert student.read(ticket_id) == before
    said = agent.say(ticket_id)
    assert student.read(ticket_id)["modified_at"] == said["created_at"]


def test_a_closed_ticket_is_answered_by_reopening_it(student: Visitor, agent: Visitor, ticket_id: int) -> None:
    student.move(ticket_id, "closed")
    for visitor in (student, agent):
        answer = visitor.post(f"/tickets/{ticket_id}/messages", json={"body": "But …"})
        assert answer.status_code == 409
        assert answer.json()["error"] == "TicketAlreadyClosed"
    assert agent.say(ticket_id, "for the record", is_internal=True)["is_internal"]


# -- internal notes ------------------------------------------------------------------------------------------------

SECRET = "Requester suspected, keep quiet: xylophone"


def test_internal_notes_exist_for_staff_only(student: Visitor, other_student: Visitor, agent: Visitor) -> None:
    ticket_id = student.report()["id"]
    note = agent.say(ticket_id, SECRET, is_internal=True)
    public = agent.say(ticket_id, "We are looking into it.")
    assert [message["id"] for message in thread(agent, ticket_id)] == [note["id"], public["id"]]
    for visitor in (student, other_student):
        assert [message["id"] for message in thread(visitor, ticket_id)] == [public["id"]]


def test_an_internal_note_leaves_no_trace_for_the_requester(api: Api, agent: Visitor) -> None:
    student = api.enter("student", "Suspected Requester")
    ticket_id = student.report()["id"]
    agent.say(ticket_id, SECRET, is_internal=True)
    places = [
        f"/tickets/{ticket_id}",
        f"/tickets/{ticket_id}/messages",
        f"/tickets/{ticket_id}/messages?sort=-created_at",
        f"/tickets/{ticket_id}/history",
        "/tickets",
        "/tickets?q=xylophone",
        "/me/unread",
    ]
    for place in places:
        answer = student.get(place)
        assert answer.status_code == 200
        assert "xylophone" not in answer.text
    assert student.list_ids(q="xylophone") == []
    assert done(student.get("/me/unread")) == {"tickets": 0, "confirmed": 0, "ticket_ids": [], "mentions": 0}
    fed = api.sql("SELECT 1 FROM change WHERE before::text LIKE '%%xylophone%%' OR after::text LIKE '%%xylophone%%'")
    assert fed == []


def test_requesters_write_no_internal_notes(student: Visitor, ticket_id: int) -> None:
    answer = student.post(f"/tickets/{ticket_id}/messages", json={"body": "x", "is_internal": True})
    assert answer.status_code == 403
    assert thread(student, ticket_id) == []


def test_an_internal_note_is_no_answer_to_the_requester(student: Visitor, agent: Visitor, ticket_id: int) -> None:
    note = agent.say(ticket_id, SECRET, is_internal=True)
    public = agent.post(f"/tickets/{ticket_id}/messages", json={"body": "x", "reply_to": note["id"]})
    assert public.status_code == 422
    # To the requester it is a number like any other that does not exist.
    for number in (note["id"], 987_654_321):
        answer = student.post(f"/tickets/{ticket_id}/messages", json={"body": "x", "reply_to": number})
        assert answer.status_code == 422
        assert answer.json()["detail"] == f"body.reply_to: there is no message {number} under this ticket"


# -- answering a message -------------------------------------------------------------------------------------------


def test_threads_are_one_level_deep(student: Visitor, agent: Visitor, ticket_id: int) -> None:
    first = student.say(ticket_id, "Question")
    answer = agent.say(ticket_id, "Answer", reply_to=first["id"])
    assert answer["reply_to"] == first["id"]
    assert student.say(ticket_id, "Thanks", reply_to=answer["id"])["reply_to"] == first["id"]


def test_an_answer_stays_under_its_ticket(student: Visitor, ticket_id: int) -> None:
    elsewhere = student.say(student.report()["id"])
    answer = student.post(f"/tickets/{ticket_id}/messages", json={"body": "x", "reply_to": elsewhere["id"]})
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["name"] == "body.reply_to"


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, "body.body"),
        ({"body": ""}, "body.body"),
        ({"body": "   \n"}, "body.body"),
        ({"body": None, "attachments": [1]}, "body.body"),
        ({"body": "", "attachments": [10**9]}, "body.attachments"),
        ({"body": "", "attachments": "x"}, "body.attachments"),
        ({"body": "x" * 20_001}, "body.body"),
        ({"body": "a\x00b"}, "body.body"),
        ({"body": ["x"]}, "body.body"),
        ({"body": "x", "is_internal": "perhaps"}, "body.is_internal"),
        ({"body": "x", "reply_to": -1}, "body.reply_to"),
        ({"body": "x", "author": 1}, "body.author"),
        ({"body": "x", "created_at": "2020-01-01T00:00:00Z"}, "body.created_at"),
    ],
)
def test_a_wrong_field_is_named(student: Visitor, ticket_id: int, fields: dict[str, Any], name: str) -> None:
    answer = student.post(f"/tickets/{ticket_id}/messages", json=fields)
    assert answer.status_code == 422
    assert name in {field["name"] for field in answer.json()["fields"]}
    assert thread(student, ticket_id) == []


def test_text_is_kept_as_it_was_typed(student: Visitor, ticket_id: int) -> None:
    body = "**bold** <script>alert(1)</script> =SUM(A1) 日本語 \U0001f600\r\n\tindented \u202e \u200b end"
    assert student.say(ticket_id, body)["body"] == body
    assert thread(student, ticket_id)[0]["body"] == body


def test_following_is_ones_own_business(student: Visitor, other_student: Visitor, ticket_id: int) -> None:
    assert other_student.put(f"/tickets/{ticket_id}/follow").status_code == 204
    assert other_student.put(f"/tickets/{ticket_id}/follow").status_code == 204
    assert other_student.read(ticket_id)["is_followed"]
    assert not student.read(ticket_id)["is_followed"]
    assert ticket_id in other_student.list_ids(followed="true")
    assert other_student.delete(f"/tickets/{ticket_id}/follow").status_code == 204
    assert other_student.delete(f"/tickets/{ticket_id}/follow").status_code == 204
    assert not other_student.read(ticket_id)["is_followed"]
    assert ticket_id not in other_student.list_ids(followed="true")


def test_message_moments_grow(student: Visitor, ticket_id: int) -> None:
    said = [datetime.fromisoformat(student.say(ticket_id)["created_at"]) for _ in range(5)]
    assert said == sorted(said)
