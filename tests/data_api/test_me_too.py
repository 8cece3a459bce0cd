"""Somebody else has the same problem: it counts once, its status is told, the ticket stays closed to them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from contracts.people import Role
from tests.support import rows
from tests.support.api import Api, Visitor, done, running_api
from tests.support.live import listen
from tests.support.meanwhile import held_up
from tests.support.suggestions import confirm, made_ref, ref_of, similar_to

LIFT = "The lift in the main library is stuck between two floors again."
ALIKE = "Lift stuck between floors in the main library."


@pytest.fixture(scope="module")
def api(module_database_url: str, home_with_key: Path) -> Iterator[Api]:
    """Students see their own tickets only."""
    with running_api(module_database_url, LODGE_STUDENTS_SEE="own", LODGE_HOME=str(home_with_key)) as running:
        for name in ("Main Library", "Canteen"):
            rows.building(running, name)
        yield running


@pytest.fixture(autouse=True)
def no_tickets(api: Api) -> None:
    api.sql("DELETE FROM ticket")


def report(visitor: Visitor) -> int:
    number: int = visitor.report(LIFT, building="main-library")["id"]
    return number


def reports(agent: Visitor, ticket_id: int) -> int:
    number: int = agent.read(ticket_id)["reports"]
    return number


def confirmed(visitor: Visitor) -> list[dict[str, Any]]:
    return visitor.walk("/tickets/me-too", limit=1)


def told(visitor: Visitor) -> int:
    number: int = done(visitor.get("/me/unread"))["confirmed"]
    return number


def test_a_known_problem_is_found_and_confirmed(student: Visitor, other_student: Visitor, agent: Visitor) -> None:
    ticket_id = report(student)
    [known] = similar_to(other_student, ALIKE, building="main-library")
    assert "id" not in known
    assert {key: known[key] for key in ("category", "building", "status", "reports", "own_part")} == {
        "category": "facility-management",
        "building": "main-library",
        "status": "open",
        "reports": 1,
        "own_part": None,
    }
    read = confirm(other_student, known["ref"])
    assert (read["reports"], read["status"], read["is_news"]) == (2, "open", False)
    assert reports(agent, ticket_id) == 2
    assert similar_to(other_student, ALIKE)[0]["own_part"] == "confirmed"
    assert similar_to(student, ALIKE)[0]["own_part"] == "reported"
    assert similar_to(agent, ALIKE)[0]["id"] == ticket_id


def test_whoever_may_read_the_ticket_gets_its_number_and_title(
    api: Api, student: Visitor, other_student: Visitor, agent: Visitor
) -> None:
    ticket_id = report(student)
    analyst, follower = api.enter(Role.ANALYST, "Yuki Tanaka"), api.enter(Role.STUDENT, "Fay Follows")
    rows.watcher(api, ticket_id, follower.person_id)
    told, untold = (ticket_id, LIFT), (None, None)
    for visitor, expected in ((follower, told), (agent, told), (other_student, untold), (analyst, untold)):
        [known] = similar_to(visitor, ALIKE)
        assert number_and_title(known) == expected
        assert number_and_title(confirm(visitor, known["ref"])) == expected
        assert [number_and_title(one) for one in confirmed(visitor)] == [expected]
    assert number_and_title(similar_to(student, ALIKE)[0]) == told, "it is their own"

    agent.move(ticket_id, "active", "closed")
    assert number_and_title(confirmed(agent)[0]) == told
    assert number_and_title(confirmed(follower)[0]) == untold, "followers read tickets that are not closed"


def number_and_title(known: dict[str, Any]) -> tuple[int | None, str | None]:
    return known.get("id"), known.get("title")


def test_a_report_elsewhere_is_another_problem(student: Visitor, other_student: Visitor) -> None:
    report(student)
    assert similar_to(other_student, ALIKE, building="canteen") == []


def test_the_same_person_counts_once(student: Visitor, other_student: Visitor, agent: Visitor) -> None:
    ticket_id = report(student)
    ref = ref_of(other_student, ALIKE)
    assert [confirm(other_student, ref)["reports"] for _ in range(3)] == [2, 2, 2]
    assert reports(agent, ticket_id) == 2
    assert len(confirmed(other_student)) == 1


def test_one_s_own_report_counts_already(student: Visitor, agent: Visitor) -> None:
    ticket_id = report(student)
    refused = student.post("/tickets/me-too", json={"ref": ref_of(student, ALIKE)})
    assert (refused.status_code, refused.json()["error"]) == (409, "ReportedByYourself")
    assert reports(agent, ticket_id) == 1


def test_twenty_at_once_count_twenty(api: Api, student: Visitor, agent: Visitor) -> None:
    ticket_id = report(student)
    people = [api.enter(Role.STUDENT, f"Student {number}") for number in range(20)]
    refs = [ref_of(person, ALIKE) for person in people]
    with ThreadPoolExecutor(20) as at_once:
        list(at_once.map(confirm, people, refs))
        assert reports(agent, ticket_id) == 21
        list(at_once.map(confirm, people[:1] * 20, refs[:1] * 20))
        assert reports(agent, ticket_id) == 21
        gone = list(at_once.map(lambda person: take_back(person, confirmed(person)[0]["ref"]), people))
    assert set(gone) == {204}
    assert reports(agent, ticket_id) == 1


def test_a_retry_is_told_what_is_told_now_and_confirms_nothing_anew(student: Visitor, other_student: Visitor) -> None:
    report(student)
    ref, headers = ref_of(other_student, ALIKE), {"Idempotency-Key": "me-too"}

    def confirm_once() -> httpx.Response:
        return other_student.post("/tickets/me-too", json={"ref": ref}, headers=headers)

    assert done(confirm_once())["reports"] == done(confirm_once())["reports"] == 2
    assert take_back(other_student, ref) == 204
    again = confirm_once()
    assert (again.status_code, again.json()["error"]) == (409, "NothingToConfirm")
    assert confirmed(other_student) == []


def take_back(visitor: Visitor, ref: str) -> int:
    return visitor.delete("/tickets/me-too", params={"ref": ref}).status_code


def test_it_is_taken_back_once(student: Visitor, other_student: Visitor, agent: Visitor) -> None:
    ticket_id = report(student)
    ref = confirm(other_student, ref_of(other_student, ALIKE))["ref"]
    assert [take_back(other_student, ref) for _ in range(2)] == [204, 204]
    assert reports(agent, ticket_id) == 1
    assert confirmed(other_student) == []


def test_taking_back_waits_for_the_ticket_with_nothing_in_its_hands(
    api: Api, student: Visitor, other_student: Visitor, agent: Visitor
) -> None:
    """Confirming has the ticket and then asks for the confirmation: neither may wait for the other."""
    ticket_id = report(student)
    ref = confirm(other_student, ref_of(other_student, ALIKE))["ref"]
    with psycopg.connect(api.database_url) as confirming:
        confirming.execute("SELECT FROM ticket WHERE id = %s FOR UPDATE", [ticket_id])
        with held_up(api, lambda: other_student.delete("/tickets/me-too", params={"ref": ref}), confirming) as answers:
            confirming.execute("SELECT FROM ticket_confirmation WHERE ticket_id = %s FOR UPDATE NOWAIT", [ticket_id])
    assert answers[0].status_code == 204
    assert reports(agent, ticket_id) == 1


def test_a_closed_report_is_refused_and_not_similar(student: Visitor, other_student: Visitor, agent: Visitor) -> None:
    ticket_id = report(student)
    ref = ref_of(other_student, ALIKE)
    agent.move(ticket_id, "active", "closed")
    refused = other_student.post("/tickets/me-too", json={"ref": ref})
    assert (refused.status_code, refused.json()["error"]) == (409, "NothingToConfirm")
    assert similar_to(other_student, ALIKE) == []
    assert similar_to(agent, ALIKE) == []


def test_a_new_status_is_told(student: Visitor, other_student: Visitor, agent: Visitor) -> None:
    ticket_id = report(student)
    confirm(other_student, ref_of(other_student, ALIKE))
    stream = listen(other_student)[0]
    assert told(other_student) == 0
    agent.move(ticket_id, "active")
    event = stream.next()
    assert event is not None
    assert (event["kind"], event["ticket_id"]) == ("ticket", None)
    assert told(other_student) == 1
    assert [(one["status"], one["is_news"]) for one in confirmed(other_student)] == [("active", True)]
    saw(other_student, confirmed(other_student))
    assert told(other_student) == 0
    assert [one["is_news"] for one in confirmed(other_student)] == [False]


def saw(visitor: Visitor, shown: list[dict[str, Any]]) -> None:
    seen = [{"ref": one["ref"], "status": one["status"]} for one in shown]
    assert visitor.put("/tickets/me-too/seen", json={"seen": seen}).status_code == 204


def test_what_changes_after_it_was_shown_is_still_told(
    student: Visitor, other_student: Visitor, agent: Visitor
) -> None:
    shown_one, not_shown = report(student), report(student)
    for ticket_id in (shown_one, not_shown):
        confirm(other_student, made_ref(ticket_id, other_student.person_id))
        agent.move(ticket_id, "active")
    [shown] = confirmed(other_student)[1:]
    agent.move(shown_one, "closed")
    saw(other_student, [shown])
    assert told(other_student) == 2
    assert [(one["status"], one["is_news"]) for one in confirmed(other_student)] == [("active", True), ("closed", True)]
    saw(other_student, confirmed(other_student)[1:])
    assert [one["is_news"] for one in confirmed(other_student)] == [True, False]


def test_only_one_s_own_and_what_is_not_confidential_is_seen(
    api: Api, student: Visitor, other_student: Visitor, agent: Visitor
) -> None:
    ticket_id = report(student)
    confirm(other_student, made_ref(ticket_id, other_student.person_id))
    agent.edit(ticket_id, is_confidential=True)
    for visitor in (other_student, student):
        saw(visitor, [{"ref": made_ref(ticket_id, visitor.person_id), "status": "closed"}])
    assert api.sql("SELECT seen_status FROM ticket_confirmation WHERE ticket_id = %s", ticket_id) == [("open",)]


@pytest.mark.parametrize(
    ("seen", "field"),
    [
        ([{"ref": "gAAAAA", "status": "open"}], "body.seen.0.ref"),
        ([{"ref": "gAAAAA", "status": "gone"}], "body.seen.0.status"),
        ([{"ref": "gAAAAA", "status": "open"}] * 201, "body.seen"),
        (None, "body.seen"),
    ],
)
def test_what_cannot_have_been_shown_is_refused(student: Visitor, seen: object, field: str) -> None:
    answer = student.put("/tickets/me-too/seen", json={"seen": seen})
    assert answer.status_code == 422
    assert [one["name"] for one in answer.json()["fields"]] == [field]
    assert student.put("/tickets/me-too/seen", json={"seen": []}).status_code == 204


def test_the_ticket_stays_closed_to_whoever_confirmed(student: Visitor, other_student: Visitor, agent: Visitor) -> None:
    ticket_id = report(student)
    confirm(other_student, ref_of(other_student, ALIKE))
    agent.say(ticket_id)
    asked = [
        other_student.get(f"/tickets/{ticket_id}"),
        other_student.get(f"/tickets/{ticket_id}/messages"),
        other_student.get(f"/tickets/{ticket_id}/history"),
        other_student.get(f"/tickets/{ticket_id}/category"),
        other_student.put(f"/tickets/{ticket_id}/follow"),
        other_student.post(f"/tickets/{ticket_id}/messages", json={"body": "When?"}),
        other_student.patch(f"/tickets/{ticket_id}", json={"version": 1, "room": "1"}),
    ]
    assert {answer.status_code for answer in asked} <= {403, 404}
    assert asked[0].status_code == 404
    assert other_student.list_ids() == []


def test_what_becomes_confidential_is_gone(student: Visitor, other_student: Visitor, agent: Visitor) -> None:
    ticket_id = report(student)
    ref = ref_of(other_student, ALIKE)
    confirm(other_student, ref)
    agent.edit(ticket_id, is_confidential=True)
    assert similar_to(other_student, ALIKE) == []
    assert similar_to(agent, ALIKE) == []
    assert confirmed(other_student) == []
    assert other_student.post("/tickets/me-too", json={"ref": ref}).status_code == 409
    agent.move(ticket_id, "active")
    assert told(other_student) == 0


def test_whoever_confirmed_hears_nothing_of_it_any_more(
    student: Visitor, other_student: Visitor, agent: Visitor
) -> None:
    ticket_id = report(student)
    confirm(other_student, ref_of(other_student, ALIKE))
    agent.edit(ticket_id, is_confidential=True)
    stream = listen(other_student)[0]
    agent.move(ticket_id, "active")
    own = other_student.report("The WiFi in the canteen is down.")["id"]
    event = stream.next()
    assert event is not None
    assert event["ticket_id"] == own


def test_the_number_of_reports_sorts(api: Api, student: Visitor, agent: Visitor) -> None:
    first, second = report(student), report(student)
    for name, ticket_id in (("One", first), ("Two", second), ("Three", first)):
        visitor = api.enter(Role.STUDENT, f"Sorting {name}")
        confirm(visitor, made_ref(ticket_id, visitor.person_id))
    assert agent.list_ids(sort="-reports") == [first, second]
    assert agent.list_ids(sort="reports") == [second, first]


@pytest.mark.parametrize(
    ("ref", "field"),
    [("", "body.ref"), ("a" * 501, "body.ref"), ("not!a!ref", "body.ref"), ("gAAAAA", "body.ref"), (7, "body.ref")],
)
def test_what_names_nothing_is_refused(student: Visitor, ref: object, field: str) -> None:
    answer = student.post("/tickets/me-too", json={"ref": ref})
    assert answer.status_code == 422
    assert [one["name"] for one in answer.json()["fields"]] == [field]


@pytest.mark.parametrize("query", [{}, {"ref": ""}, {"ref": "gAAAAA"}, {"ref": "x" * 501}])
def test_nothing_is_taken_back_without_a_name(student: Visitor, query: dict[str, str]) -> None:
    answer = student.delete("/tickets/me-too", params=query)
    assert answer.status_code == 422
    assert [one["name"] for one in answer.json()["fields"]] == ["query.ref"]
