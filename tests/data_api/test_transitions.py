"""open → active → closed, and back: who may move a ticket where, and what follows from a move."""

from datetime import datetime
from typing import Any

import pytest

from contracts.people import Role
from tests.support.api import Api, Visitor, done, running_api

STATUSES = ("open", "active", "closed")
STAFF = (Role.AGENT, Role.MANAGER, Role.ADMIN)
STAFF_MAY = {("open", "active"), ("active", "closed"), ("closed", "active")}
REQUESTER_MAY = {("open", "closed"), ("active", "closed"), ("closed", "active")}
MOVES = [(present, wanted) for present in STATUSES for wanted in STATUSES]


@pytest.fixture(scope="module")
def people(api: Api) -> dict[Role, Visitor]:
    """Someone of each role who reported nothing of what is moved here."""
    return {role: api.enter(role, f"Bystander {role}") for role in Role}


def ticket_at(status: str, requester: Visitor, agent: Visitor) -> int:
    ticket_id: int = requester.report()["id"]
    agent.move(ticket_id, *STATUSES[1 : STATUSES.index(status) + 1])
    return ticket_id


def try_to_move(visitor: Visitor, ticket_id: int, status: str, **more: Any) -> Any:
    return visitor.post(f"/tickets/{ticket_id}/status", json={"status": status, **more})


@pytest.mark.parametrize("role", STAFF)
@pytest.mark.parametrize(("present", "wanted"), MOVES)
def test_staff_move_as_the_rules_say(
    student: Visitor, agent: Visitor, people: dict[Role, Visitor], role: Role, present: str, wanted: str
) -> None:
    ticket_id = ticket_at(present, student, agent)
    before = people[role].read(ticket_id)
    answer = try_to_move(people[role], ticket_id, wanted)
    assert (wanted in before["allowed_statuses"]) == ((present, wanted) in STAFF_MAY)
    if (present, wanted) in STAFF_MAY:
        assert done(answer)["status"] == wanted
        assert answer.json()["version"] == before["version"] + 1
    else:
        assert_refused(answer, present, wanted)
        assert people[role].read(ticket_id) == before


@pytest.mark.parametrize(("present", "wanted"), MOVES)
def test_requesters_close_and_reopen_their_own(student: Visitor, agent: Visitor, present: str, wanted: str) -> None:
    ticket_id = ticket_at(present, student, agent)
    before = student.read(ticket_id)
    answer = try_to_move(student, ticket_id, wanted)
    assert (wanted in before["allowed_statuses"]) == ((present, wanted) in REQUESTER_MAY)
    if (present, wanted) in REQUESTER_MAY:
        assert done(answer)["status"] == wanted
    else:
        assert_refused(answer, present, wanted)
        assert student.read(ticket_id) == before


@pytest.mark.parametrize(("present", "wanted"), [move for move in MOVES if move[0] != "closed"])
def test_another_student_sees_it_and_moves_nothing(
    student: Visitor, other_student: Visitor, agent: Visitor, present: str, wanted: str
) -> None:
    ticket_id = ticket_at(present, student, agent)
    assert other_student.read(ticket_id)["allowed_statuses"] == []
    assert try_to_move(other_student, ticket_id, wanted).status_code == 403
    assert student.read(ticket_id)["status"] == present


@pytest.mark.parametrize("wanted", STATUSES)
def test_another_students_closed_ticket_is_not_there(
    student: Visitor, other_student: Visitor, agent: Visitor, wanted: str
) -> None:
    ticket_id = ticket_at("closed", student, agent)
    assert try_to_move(other_student, ticket_id, wanted).status_code == 404


@pytest.mark.parametrize(("present", "wanted"), MOVES)
def test_analysts_move_nothing_of_others(
    student: Visitor, agent: Visitor, people: dict[Role, Visitor], present: str, wanted: str
) -> None:
    ticket_id = ticket_at(present, student, agent)
    assert try_to_move(people[Role.ANALYST], ticket_id, wanted).status_code == 404


def assert_refused(answer: Any, present: str, wanted: str) -> None:
    assert answer.status_code == 409
    assert answer.json()["error"] == "TransitionRefused"
    assert f"is {present} and cannot become {wanted}; you may move it to" in answer.json()["detail"]


# -- what follows from a move --------------------------------------------------------------------------------------


def test_closing_sets_its_moment_and_reason(student: Visitor, agent: Visitor) -> None:
    ticket_id = ticket_at("active", student, agent)
    closed = agent.move(ticket_id, "closed")
    assert datetime.fromisoformat(closed["closed_at"]) >= datetime.fromisoformat(closed["opened_at"])
    assert closed["closed_reason"] == "solved"
    assert closed["stage"] == "completed"
    assert closed["waits_for"] is None
    assert closed["modified_at"] == closed["closed_at"]


def test_a_requester_may_say_that_it_is_no_longer_needed(student: Visitor) -> None:
    ticket_id = student.report()["id"]
    closed = done(try_to_move(student, ticket_id, "closed", reason="no-longer-needed"))
    assert closed["closed_reason"] == "no-longer-needed"


def test_reopening_clears_the_closing_and_the_last_one_counts(student: Visitor, agent: Visitor) -> None:
    ticket_id = ticket_at("closed", student, agent)
    first = datetime.fromisoformat(student.read(ticket_id)["closed_at"])
    reopened = agent.move(ticket_id, "active")
    assert (reopened["closed_at"], reopened["closed_reason"]) == (None, None)
    assert reopened["stage"] == "in-progress"
    assert reopened["waits_for"] == "desk"
    assert datetime.fromisoformat(agent.move(ticket_id, "closed")["closed_at"]) > first


def test_moves_are_told_in_the_history(student: Visitor, agent: Visitor) -> None:
    ticket_id = ticket_at("active", student, agent)
    events = done(student.get(f"/tickets/{ticket_id}/history"))["items"]
    assert [(event["kind"], event["from"], event["to"], event["actor"]["name"]) for event in events] == [
        ("opened", None, "open", "Mia Rossi"),
        ("status", "open", "active", "Ada Okafor"),
        ("stage", "to-do", "in-progress", "Ada Okafor"),
    ]


def test_a_refused_move_leaves_no_line_in_the_history(student: Visitor, agent: Visitor) -> None:
    ticket_id = student.report()["id"]
    assert try_to_move(agent, ticket_id, "closed").status_code == 409
    assert len(done(student.get(f"/tickets/{ticket_id}/history"))["items"]) == 1


def test_starting_work_does_not_change_whose_turn_it_is(student: Visitor, agent: Visitor) -> None:
    ticket_id = student.report()["id"]
    agent.say(ticket_id)
    assert agent.move(ticket_id, "active")["waits_for"] == "requester"


# -- reopening: staff, and the requester for so many days ----------------------------------------------------------


@pytest.mark.parametrize(("age", "status"), [("13 days 23 hours", 200), ("14 days 1 minute", 409), ("400 days", 409)])
def test_requesters_reopen_within_fourteen_days(
    api: Api, student: Visitor, agent: Visitor, age: str, status: int
) -> None:
    ticket_id = ticket_at("closed", student, agent)
    api.sql("UPDATE ticket SET closed_at = now() - %s::interval WHERE id = %s", age, ticket_id)
    assert student.read(ticket_id)["allowed_statuses"] == (["active"] if status == 200 else [])
    assert try_to_move(student, ticket_id, "active").status_code == status


def test_staff_reopen_at_any_age(api: Api, student: Visitor, agent: Visitor) -> None:
    ticket_id = ticket_at("closed", student, agent)
    api.sql("UPDATE ticket SET closed_at = now() - interval '10 years' WHERE id = %s", ticket_id)
    assert agent.move(ticket_id, "active")["status"] == "active"


@pytest.mark.parametrize("by_stage", [False, True], ids=["by its status", "on the board"])
def test_staff_get_the_unassigned_ticket_that_they_reopen(student: Visitor, agent: Visitor, by_stage: bool) -> None:
    ticket_id = ticket_at("closed", student, agent)
    version = agent.read(ticket_id)["version"]
    reopened = agent.edit(ticket_id, stage="in-progress") if by_stage else agent.move(ticket_id, "active")
    assert (reopened["assignee"]["name"], reopened["version"]) == ("Ada Okafor", version + 1)
    events = done(agent.get(f"/tickets/{ticket_id}/history"))["items"]
    assert [(event["kind"], event["from"], event["to"]) for event in events[-3:]] == [
        ("status", "closed", "active"),
        ("stage", "completed", "in-progress"),
        ("assignee", None, "Ada Okafor"),
    ]


def test_a_reopened_ticket_stays_with_whoever_has_it(
    student: Visitor, agent: Visitor, people: dict[Role, Visitor]
) -> None:
    ticket_id = ticket_at("active", student, agent)
    manager = people[Role.MANAGER]
    agent.edit(ticket_id, assignee=manager.person_id)
    agent.move(ticket_id, "closed")
    assert agent.move(ticket_id, "active")["assignee"]["id"] == manager.person_id


def test_starting_work_assigns_nobody(student: Visitor, agent: Visitor) -> None:
    assert agent.move(student.report()["id"], "active")["assignee"] is None


def test_what_a_requester_reopens_is_among_the_unassigned(student: Visitor, agent: Visitor) -> None:
    """First of all, although it was reported before the others."""
    ticket_id = ticket_at("closed", student, agent)
    student.report("A later one.")
    before = done(agent.get("/overview"))["unassigned"]
    assert student.move(ticket_id, "active")["assignee"] is None
    assert done(agent.get("/overview"))["unassigned"] == before + 1
    assert agent.list_ids(status=["open", "active"], assignee="none", sort="-modified_at")[0] == ticket_id


def test_zero_days_turn_reopening_off_for_all(database_url: str) -> None:
    with running_api(database_url, LODGE_REOPEN_DAYS="0") as api:
        student, admin = api.enter("student", "Mia Rossi"), api.enter("admin")
        ticket_id = ticket_at("closed", student, admin)
        for visitor in (student, admin):
            assert visitor.read(ticket_id)["allowed_statuses"] == []
            answer = try_to_move(visitor, ticket_id, "active")
            assert answer.status_code == 409
            assert "you may not move it now" in answer.json()["detail"]
            stage = visitor.patch(f"/tickets/{ticket_id}", json={"version": 3, "stage": "pending"})
            assert stage.status_code in (403, 409)


# -- versions ------------------------------------------------------------------------------------------------------


def test_a_stale_move_is_told_what_is_now(student: Visitor, agent: Visitor) -> None:
    ticket_id = ticket_at("active", student, agent)
    answer = try_to_move(student, ticket_id, "closed", version=1)
    assert answer.status_code == 409
    assert answer.json()["error"] == "StaleVersion"
    assert answer.json()["current"] == student.read(ticket_id)


def test_a_move_that_names_the_present_version_is_done(student: Visitor, agent: Visitor) -> None:
    ticket_id = ticket_at("active", student, agent)
    assert done(try_to_move(student, ticket_id, "closed", version=2))["version"] == 3


def test_a_staff_members_own_report_closes_at_once(agent: Visitor) -> None:
    """They are its requester too."""
    ticket_id = agent.report()["id"]
    assert agent.read(ticket_id)["allowed_statuses"] == ["active", "closed"]
    assert agent.move(ticket_id, "closed")["status"] == "closed"


def test_staff_close_an_open_ticket_in_one_step_that_says_both(student: Visitor, agent: Visitor) -> None:
    ticket = student.report()
    answer = try_to_move(agent, ticket["id"], "closed", starts_work=True, version=ticket["version"], reason="solved")
    closed = done(answer)
    assert (closed["status"], closed["closed_reason"], closed["version"]) == ("closed", "solved", ticket["version"] + 1)
    moves = [
        (event["from"], event["to"])
        for event in agent.walk(f"/tickets/{ticket['id']}/history")
        if event["kind"] == "status"
    ]
    assert moves == [("open", "active"), ("active", "closed")]
    again = try_to_move(agent, ticket["id"], "closed", starts_work=True)
    assert_refused(again, "closed", "closed")


def test_starting_work_on_the_way_is_for_those_who_may_and_for_closing_only(
    student: Visitor, other_student: Visitor, agent: Visitor
) -> None:
    ticket = student.report()
    assert try_to_move(other_student, ticket["id"], "closed", starts_work=True).status_code == 403
    assert try_to_move(student, ticket["id"], "closed", starts_work=True).status_code == 409
    refused = try_to_move(agent, ticket["id"], "active", starts_work=True)
    assert refused.status_code == 422
    assert refused.json()["fields"] == [{"name": "body.starts_work", "message": "goes with the status closed only"}]
    assert agent.read(ticket["id"]) == agent.read(ticket["id"]) | {"status": "open", "version": ticket["version"]}
    agent.move(ticket["id"], "active")
    assert done(try_to_move(agent, ticket["id"], "closed", starts_work=True))["status"] == "closed"
