"""What a stage means is in its flags: it may be called otherwise, or be gone."""

from collections.abc import Iterator

import pytest

from tests.support.api import Api, Visitor, done, running_api


@pytest.fixture
def api(database_url: str) -> Iterator[Api]:
    """Over a board of the test's own."""
    with running_api(database_url) as api:
        yield api


@pytest.fixture
def student(api: Api) -> Visitor:
    return api.enter("student", "Mia Rossi")


@pytest.fixture
def agent(api: Api) -> Visitor:
    return api.enter("agent", "Ada Okafor")


@pytest.fixture
def ticket_id(api: Api, student: Visitor) -> int:
    number: int = student.report()["id"]
    return number


def answered(student: Visitor, agent: Visitor, ticket_id: int, stage: str) -> str:
    """The stage of a ticket whose requester answered while it was in this one."""
    agent.edit(ticket_id, stage=stage)
    student.say(ticket_id, "Here is the number you asked for.")
    found: str = student.read(ticket_id)["stage"]
    return found


def test_the_board_tells_its_flags(student: Visitor) -> None:
    flags = {
        stage["slug"]: (stage["waits_for_requester"], stage["work_resumes_here"])
        for stage in done(student.get("/stages"))["items"]
    }
    assert flags == {
        "to-do": (False, False),
        "in-progress": (False, True),
        "pending": (True, False),
        "blocked": (False, False),
        "completed": (False, False),
    }


def test_what_stages_are_called_does_not_matter(api: Api, student: Visitor, agent: Visitor, ticket_id: int) -> None:
    api.sql("UPDATE stage SET slug = 'stage-' || position, name = 'Stage ' || position")
    assert student.report()["stage"] == "stage-1"
    assert agent.move(ticket_id, "active")["stage"] == "stage-2"
    assert answered(student, agent, ticket_id, "stage-4") == "stage-4"
    assert answered(student, agent, ticket_id, "stage-3") == "stage-2"
    last = student.walk(f"/tickets/{ticket_id}/history")[-1]
    assert (last["kind"], last["from"], last["to"]) == ("stage", "stage-3", "stage-2")
    assert agent.move(ticket_id, "closed")["stage"] == "stage-5"
    assert student.move(ticket_id, "active")["stage"] == "stage-2"


def test_without_a_stage_that_waits_an_answer_moves_nothing(
    api: Api, student: Visitor, agent: Visitor, ticket_id: int
) -> None:
    api.sql("DELETE FROM stage WHERE slug = 'pending'")
    for stage in ("in-progress", "blocked"):
        assert answered(student, agent, ticket_id, stage) == stage
    assert agent.move(ticket_id, "closed")["stage"] == "completed"


def test_without_the_stage_where_work_resumes_the_first_one_takes_it(
    api: Api, student: Visitor, agent: Visitor, ticket_id: int
) -> None:
    api.sql("DELETE FROM stage WHERE slug = 'in-progress'")
    # That is blocked: pending is before it, and waits itself.
    assert answered(student, agent, ticket_id, "pending") == "blocked"


def test_where_all_stages_wait_an_answer_moves_nothing(
    api: Api, student: Visitor, agent: Visitor, ticket_id: int
) -> None:
    api.sql("DELETE FROM stage WHERE slug IN ('in-progress', 'blocked')")
    assert answered(student, agent, ticket_id, "pending") == "pending"
    assert [event["kind"] for event in student.walk(f"/tickets/{ticket_id}/history")] == ["opened", "status", "stage"]


def test_two_stages_may_wait(api: Api, student: Visitor, agent: Visitor, ticket_id: int) -> None:
    api.sql("UPDATE stage SET waits_for_requester = true WHERE slug = 'blocked'")
    for stage in ("pending", "blocked"):
        assert answered(student, agent, ticket_id, stage) == "in-progress"


def test_where_work_resumes_in_two_stages_the_first_takes_it(
    api: Api, student: Visitor, agent: Visitor, ticket_id: int
) -> None:
    """Of those of the same status, in the board's order: a message is no transition."""
    api.sql("UPDATE stage SET work_resumes_here = true WHERE slug IN ('to-do', 'blocked')")
    assert answered(student, agent, ticket_id, "pending") == "in-progress"
    api.sql("UPDATE stage SET position = 9 WHERE slug = 'in-progress'")
    assert answered(student, agent, ticket_id, "pending") == "blocked"


def test_work_resumes_where_the_flag_is_not_where_a_ticket_enters(
    api: Api, student: Visitor, agent: Visitor, ticket_id: int
) -> None:
    api.sql("UPDATE stage SET work_resumes_here = slug = 'blocked'")
    assert agent.move(ticket_id, "active")["stage"] == "in-progress"
    assert answered(student, agent, ticket_id, "pending") == "blocked"
