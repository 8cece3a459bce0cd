"""The search's page: its address is the search, hits are rows with marked words, what is spelt alike is a link."""

from typing import Any

import pytest

from tests.support import rows
from tests.support.api import Api, Visitor
from tests.support.screens import Screen
from tests.ui.conftest import Opener


@pytest.fixture(scope="module", autouse=True)
def _tickets(api: Api) -> None:
    student, agent = api.enter("student", "Mia Rossi"), api.enter("agent", "Ada Okafor")
    ticket = student.report("A kestrel in the hall.", title="Kestrel inside")["id"]
    agent.say(ticket, "The falconer knows")
    agent.say(ticket, "Falconer is on holiday", is_internal=True)
    rows.tickets(api, [{"title": f"Dipper {number}", "requester_id": student.person_id} for number in range(30)])


def listed(screen: Screen) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = screen.data("rows")["items"]
    return found


def marked(parts: list[dict[str, Any]]) -> list[str]:
    return [part["text"] for part in parts if part["is_match"]]


def note(row: dict[str, Any]) -> str:
    return "".join(part["text"] for part in row["note_parts"])


def test_the_address_is_the_search(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "search", q="kest")

    (row,) = listed(screen)
    assert row["title"] == "Kestrel inside"
    assert marked(row["title_parts"]) == ["Kestrel"]
    assert (note(row), marked(row["note_parts"])) == ("Text: A kestrel in the hall.", ["kestrel"])
    assert screen.app.text_input(key="search_q").value == "kest"


def test_staff_see_where_it_was_found(agent: Visitor, student: Visitor, see: Opener) -> None:
    (row,) = listed(see(agent, "search", q="falconer"))
    assert note(row) == "Message: The falconer knows · Internal note: Falconer is on holiday"
    (row,) = listed(see(student, "search", q="falconer"))
    assert note(row) == "Message: The falconer knows"


def test_typing_writes_the_address(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "search")
    assert not screen.has("rows")
    assert "Finds tickets by their title" in screen.words()
    screen.app.text_input(key="search_q").set_value("kestrel").run()

    assert screen.app.query_params == {"q": "kestrel"}
    assert len(listed(screen)) == 1


def test_pages_are_walked(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "search", q="dipper")
    first = [row["id"] for row in listed(screen)]
    second = [row["id"] for row in listed(screen.press("Next"))]

    assert (len(first), len(second)) == (25, 5)
    assert not set(first) & set(second)


def test_what_is_spelt_alike_is_a_link(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "search", q="kestrle")

    assert "Nothing that you may see has all these words." in screen.words()
    (link,) = screen.app.get("page_link")
    assert (link.proto.label, link.proto.query_string) == ("kestrel", "q=kestrel")
