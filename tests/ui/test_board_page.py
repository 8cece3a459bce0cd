"""The board's page: what its columns hold, its filters in the address, and the way to the queue and back."""

import html
from collections.abc import Callable
from typing import Any

import pytest

from streamlit_app.client import api as client
from streamlit_app.client.errors import DeskAway
from tests.support.api import Api, Visitor
from tests.support.screens import Screen
from tests.ui.away import raising
from tests.ui.conftest import Opener
from tests.ui.test_queue import acts, chips, choose, offers

MORE_THAN_A_PAGE = 22


@pytest.fixture(scope="module", autouse=True)
def tickets(api: Api) -> list[dict[str, Any]]:
    """More than a column shows at first; the last one is urgent, and two are closed."""
    student, agent = api.enter("student", "Mia Rossi"), api.enter("agent", "Ada Okafor")
    made = [student.report(f"Problem {number}") for number in range(MORE_THAN_A_PAGE)]
    made.append(student.report("It burns", priority="urgent", is_confidential=False))
    for one in made[:2]:
        agent.move(one["id"], "active", "closed")
    return made


def columns(screen: Screen) -> dict[str, dict[str, Any]]:
    return {column["stage"]: column for column in screen.data("board")["columns"]}


def ids(screen: Screen, stage: str) -> list[int]:
    return [card["id"] for card in columns(screen)[stage]["cards"]]


def ways(screen: Screen) -> dict[str, str]:
    return {way["label"]: way["href"] for way in screen.data("filter_chips")["ways"]}


def test_a_column_for_each_stage(agent: Visitor, tickets: list[dict[str, Any]], see: Opener) -> None:
    screen = see(agent, "board")
    found = columns(screen)
    assert next(iter(found.values()))["name"] == "To do"
    assert found["to-do"]["count"] == len(tickets) - 2
    assert (len(found["to-do"]["cards"]), found["to-do"]["has_more"]) == (20, True)
    assert ids(screen, "completed") == [tickets[1]["id"], tickets[0]["id"]], "the latest first"
    first = found["to-do"]["cards"][0]
    assert (first["id"], first["priority"]) == (tickets[-1]["id"], ["Urgent", "red"])
    assert (first["requester"], first["assignee_text"], first["sign"]) == ("Mia Rossi", "Unassigned", "Our turn")
    assert first["order"] < found["to-do"]["cards"][1]["order"]
    assert chips(screen) == {}
    assert acts(screen) == ["Export…"]
    assert screen.app.query_params == {}


def test_more_of_a_column_stays_until_other_filters(agent: Visitor, tickets: list[dict[str, Any]], see: Opener) -> None:
    screen = see(agent, "board")
    screen.fire("board", "more", {"query": "{}", "pages": {"to-do": 2, "nowhere": 3, "pending": "x"}})
    assert len(ids(screen, "to-do")) == len(set(ids(screen, "to-do"))) == len(tickets) - 2
    assert not columns(screen)["to-do"]["has_more"]
    assert screen.data("board")["pages"] == {"to-do": 2}
    screen.follow("queue")
    assert len(ids(screen.follow("board"), "to-do")) == len(tickets) - 2, "also on coming back"
    assert screen.follow("board?priority=urgent").data("board")["pages"] == {}


def test_the_filters_are_the_queues_and_go_along(agent: Visitor, tickets: list[dict[str, Any]], see: Opener) -> None:
    screen = see(agent, "board", priority="urgent")
    assert ids(screen, "to-do") == [tickets[-1]["id"]]
    assert ways(screen) == {"List": "queue?priority=urgent", "Board": "board?priority=urgent"}
    screen.follow(ways(screen)["List"])
    assert chips(screen) == {"priority": "Priority: Urgent"}
    choose(screen, "pills", "status", ["active"])
    screen.follow(ways(screen)["Board"])
    assert chips(screen) == {"status": "Status: Active", "priority": "Priority: Urgent"}
    assert {column["status"] for column in columns(screen).values()} == {"active"}
    screen.fire("filter_chips", "act", "clear")
    assert screen.app.query_params == {}
    assert ids(screen, "completed"), "closed ones have columns of their own"


def test_a_limit_is_told_where_nothing_is_filtered(api: Api, agent: Visitor, see: Opener) -> None:
    api.sql("UPDATE stage SET wip_limit = 3 WHERE slug = 'to-do'")
    assert columns(see(agent, "board"))["to-do"]["limit"] == 3
    assert columns(see(agent, "board", priority="urgent"))["to-do"]["limit"] is None
    api.sql("UPDATE stage SET wip_limit = NULL")


def test_views_lead_to_the_board_on_the_board(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "board")
    links = {link["name"]: link["href"] for link in screen.data("views")["links"]}
    assert links["Mine"] == "board?view=mine"
    screen.follow(links["Mine"])
    assert screen.app.title[0].value == "Mine"
    assert chips(screen) == {"assignee": "Assigned to: Me"}
    assert ways(screen)["List"] == "queue?view=mine"


def test_filters_that_find_nothing_say_which_one_to_drop(
    agent: Visitor, tickets: list[dict[str, Any]], see: Opener
) -> None:
    screen = see(agent, "board", q="It burns", priority="low")
    assert "No ticket that you may see fits these filters." in screen.words()
    [offer] = offers(screen)
    assert html.unescape(offer) == "Without Priority: Low there is 1"
    screen.press(offer)
    assert ids(screen, "to-do") == [tickets[-1]["id"]]


def test_a_desk_without_tickets_says_so(api: Api, see: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = client.Api.board

    def nothing(self: client.Api, query: Any) -> Any:
        found = ask(self, query)
        empty = [one.model_copy(update={"count": 0, "tickets": [], "next_cursor": None}) for one in found.columns]
        return found.model_copy(update={"columns": empty})

    monkeypatch.setattr(client.Api, "board", nothing)
    screen = see(api.enter("agent", "First Day"), "board")
    assert "New reports appear here." in screen.words()
    assert screen.has("board")


def test_a_redraw_asks_for_the_board_once(agent: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = see(agent, "board")
    asked: list[str] = []

    def noting(name: str, ask: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*given: Any) -> Any:
            asked.append(name)
            return ask(*given)

        return noted

    for name in ("board", "board_column"):
        monkeypatch.setattr(client.Api, name, noting(name, getattr(client.Api, name)))
    screen.again()
    assert asked == ["board"]


def test_cards_stay_while_the_desk_is_away(agent: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = see(agent, "board")
    before = screen.data("board")
    monkeypatch.setattr(client.Api, "board", raising(DeskAway()))
    screen.again()
    assert screen.data("board")["asked_at"] == before["asked_at"], "as old as they are"
    assert "The desk cannot be reached" in screen.words()


def test_a_ticket_leads_back_to_where_it_was_opened(agent: Visitor, tickets: list[dict[str, Any]], see: Opener) -> None:
    screen = see(agent, "board", priority="urgent")
    screen.open("ticket", id=str(tickets[-1]["id"]))
    assert "← Back to the board" in [link.proto.label for link in screen.app.get("page_link")]
    screen.follow("queue").open("ticket", id=str(tickets[-1]["id"]))
    assert "← Back to the queue" in [link.proto.label for link in screen.app.get("page_link")]
