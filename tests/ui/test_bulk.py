"""Many tickets at once, from the queue: the dialog of each act, what came of it, and what is told to who comes back."""

from typing import Any

import pytest

from tests.support.api import Api, Visitor, done
from tests.support.screens import Screen
from tests.ui.conftest import Opener
from tests.ui.test_queue import ids


@pytest.fixture
def tickets(api: Api) -> list[int]:
    student = api.enter("student", "Mia Rossi")
    return [student.report(f"Bulk {number}")["id"] for number in range(3)]


@pytest.fixture
def person(api: Api, request: pytest.FixtureRequest) -> Visitor:
    """Somebody whose changes of many tickets are this test's own."""
    return api.enter("agent", f"Bulk {request.node.name[:60]}")


def act(screen: Screen, name: str, *numbers: int) -> Screen:
    return screen.fire("ticket_table", "act", {"name": name, "ids": list(numbers)})


def choose(screen: Screen, value: Any) -> Screen:
    box = next(one for one in screen.app.selectbox if str(one.key).startswith("bulk_"))
    box.set_value(value).run()
    return screen.checked()


def given(screen: Screen) -> list[int] | None:
    made = screen.data("ticket_table")["selection"]["given"]
    return None if made is None else made["ids"]


def test_an_act_says_what_it_would_do_and_does_it(api: Api, person: Visitor, tickets: list[int], see: Opener) -> None:
    person.edit(tickets[2], priority="high")
    screen = act(see(person, "queue"), "priority", *tickets)
    assert "Change 2 tickets" not in screen.labels()
    choose(screen, "high")
    assert "This changes 2 tickets (priority High). 1 is like that already." in screen.words()
    assert person.read(tickets[0])["priority"] == "normal"
    screen.press("Change 2 tickets")
    assert "2 tickets were changed: priority High. 1 was like that already." in screen.words()
    assert {person.read(number)["priority"] for number in tickets} == {"high"}
    screen.press("Done")
    assert given(screen) == [], "nothing is selected any more"
    assert done(person.get("/tickets/bulk"))["items"] == []
    assert "were changed" not in screen.words()


def test_what_is_refused_is_said_beforehand_and_afterwards(
    api: Api, person: Visitor, tickets: list[int], see: Opener
) -> None:
    person.move(tickets[1], "active", "closed")
    screen = act(see(person, "queue"), "close", *tickets)
    assert "This changes 2 tickets (closed as solved). 1 cannot: already closed." in screen.words()
    assert [one["id"] for one in screen.data("ticket_links")["items"]] == [tickets[1]]
    person.edit(tickets[0], priority="urgent")
    screen.press("Change 2 tickets")
    words = screen.words()
    assert "1 ticket was changed: closed as solved." in words
    assert "1 already closed" in words
    assert "1 changed by somebody else meanwhile" in words
    assert person.read(tickets[0])["status"] == "open"
    screen.press("Select the refused ones")
    assert given(screen) == sorted(tickets[:2])


def test_a_ticket_that_is_gone_is_not_passed_over_in_silence(
    admin: Visitor, person: Visitor, tickets: list[int], see: Opener
) -> None:
    screen = see(person, "queue")
    admin.delete(f"/tickets/{tickets[0]}")
    act(screen, "close", *tickets)
    assert "1 cannot: not there, or not yours to see." in screen.words()


@pytest.mark.parametrize(
    ("name", "value", "field", "stored"),
    [
        ("assign", 0, "assignee", None),
        ("status", "Active: start work, or reopen", "status", "active"),
        ("category", "technical-it", "category", "technical-it"),
    ],
)
def test_each_act_changes_its_field(
    person: Visitor, tickets: list[int], see: Opener, name: str, value: Any, field: str, stored: Any
) -> None:
    person.edit(tickets[0], assignee=person.person_id, category="facility-management")
    screen = choose(act(see(person, "queue"), name, tickets[0]), value)
    screen.press("Change 1 ticket")
    assert person.read(tickets[0])[field] == stored


def test_it_is_assigned_to_oneself_first(person: Visitor, tickets: list[int], see: Opener) -> None:
    screen = act(see(person, "queue"), "assign", *tickets)
    box = next(one for one in screen.app.selectbox if str(one.key).startswith("bulk_"))
    assert box.options[:2] == [f"Me ({person.name})", "Nobody"]


def test_tags_are_added_and_removed(person: Visitor, tickets: list[int], see: Opener) -> None:
    person.edit(tickets[0], tags=["water"])
    screen = act(see(person, "queue"), "tags", *tickets)
    added, removed = [one for one in screen.app.multiselect if str(one.key).startswith("bulk_")]
    screen.app.session_state[str(added.key)] = ["Leak"]
    screen.app.session_state[str(removed.key)] = ["water"]
    screen.again()
    screen.press("Change 3 tickets")
    assert [person.read(number)["tags"] for number in tickets] == [["leak"]] * 3


@pytest.mark.parametrize(
    ("added", "removed", "said"),
    [
        (["x" * 41], [], "A tag has at most 40 characters"),
        (["\u200b"], [], "at least one that can be seen"),
        (["Wifi"], ["wifi"], "wifi cannot be added and removed at once"),
    ],
)
def test_tags_that_cannot_be_kept_are_said(
    person: Visitor, tickets: list[int], see: Opener, added: list[str], removed: list[str], said: str
) -> None:
    screen = act(see(person, "queue"), "tags", *tickets)
    boxes = [one for one in screen.app.multiselect if str(one.key).startswith("bulk_")]
    for box, tags in zip(boxes, (added, removed), strict=True):
        screen.app.session_state[str(box.key)] = tags
    screen.again()
    assert said in screen.words()


def test_all_that_the_filter_finds(person: Visitor, tickets: list[int], see: Opener) -> None:
    for number in tickets:
        person.edit(number, tags=["whole-list"])
    screen = act(see(person, "queue", tag="whole-list"), "all")
    assert sorted(given(screen) or []) == tickets
    assert ids(screen) == tickets[::-1]


def test_who_comes_back_is_told_what_became_of_it(api: Api, person: Visitor, tickets: list[int], see: Opener) -> None:
    person.edit(tickets[0], priority="high")
    made = done(person.post("/tickets/bulk", json={"ids": tickets, "change": {"priority": "high"}}))
    screen = see(person, "queue")
    assert "2 tickets were changed (priority High). 1 was like that already." in screen.words()
    screen.press("Dismiss")
    assert "were changed" not in screen.words()
    assert person.get(f"/tickets/bulk/{made['id']}").status_code == 404


def test_one_that_stopped_is_continued(api: Api, person: Visitor, tickets: list[int], see: Opener) -> None:
    number = done(person.post("/tickets/bulk", json={"ids": tickets, "change": {"priority": "high"}}))["id"]
    api.sql("UPDATE bulk_change SET place = 1, done = 1, finished_at = NULL WHERE id = %s", number)
    api.sql("UPDATE bulk_change SET stepped_at = now() - interval '1 hour' WHERE id = %s", number)
    screen = see(person, "queue")
    assert "A change of 3 tickets (priority High) stopped after 1." in screen.words()
    screen.press("Continue")
    assert "1 ticket was changed: priority High. 2 were like that already." in screen.words()
    screen.press("Done")
    assert "stopped after" not in screen.words()


def test_a_refused_request_is_said_in_the_dialog(api: Api, person: Visitor, tickets: list[int], see: Opener) -> None:
    gone = api.enter("agent", "Gone Soon").person_id
    screen = choose(act(see(person, "queue"), "assign", *tickets), gone)
    api.sql("UPDATE person SET deactivated_at = now() WHERE name = 'Gone Soon'")
    screen.press("Change 3 tickets")
    assert "Gone Soon was deactivated" in screen.words().replace("&#32;", " ")
    api.sql("UPDATE person SET deactivated_at = NULL WHERE name = 'Gone Soon'")
    screen.press("Change 3 tickets")
    assert "3 tickets were changed" in screen.words()
