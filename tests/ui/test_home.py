"""The page that each role begins its day with: it shows what they need, and asks for nothing that they may not see."""

from datetime import date
from typing import Any

import pytest

from contracts.desk import Overview
from contracts.overview import OverviewLists
from contracts.pages import CountedPage
from contracts.tickets import TicketRead
from streamlit_app.client.api import Api as Client
from streamlit_app.home import counts as home_counts
from tests.support.api import Api, Visitor, done
from tests.support.screens import Screen
from tests.ui.conftest import Opener


def titles(screen: Screen, name: str) -> list[str]:
    key = f"home_{name}"
    return [item["title"] for item in screen.data("rows", key)["items"]]


def number(screen: Screen, name: str) -> dict[str, Any]:
    return next(one for one in screen.data("numbers", "counts")["items"] if one["name"] == name)


@pytest.fixture(scope="module", autouse=True)
def tickets(api: Api) -> dict[str, int]:
    student, ada = api.enter("student", "Mia Rossi"), api.enter("agent", "Ada Okafor")
    named = {name: int(student.report(f"{name} problem")["id"]) for name in ("Oldest", "Solved", "Mine", "Urgent")}
    ada.move(named["Solved"], "active", "closed")
    for name, priority in (("Mine", "normal"), ("Urgent", "urgent")):
        ada.edit(named[name], assignee=ada.person_id, priority=priority)
    return named


def test_staff_see_what_is_theirs_what_nobody_has_what_is_oldest_and_what_was_solved(
    agent: Visitor, see: Opener
) -> None:
    screen = see(agent, "overview")
    assert titles(screen, "mine") == ["Urgent problem", "Mine problem"]
    assert titles(screen, "unassigned") == ["Oldest problem"]
    assert titles(screen, "oldest") == ["Oldest problem", "Mine problem", "Urgent problem"]
    assert titles(screen, "solved") == ["Solved problem"]
    parts = [(part["name"], part["said"]) for part in screen.data("distribution")["parts"]]
    assert parts == [("Open", "3"), ("Active", "0"), ("Closed in the last 7 days", "1")]
    for name, value in (("Mine", "2"), ("Unassigned", "1")):
        assert number(screen, name)["value"] == value
    screen.follow(number(screen, "Mine")["href"])
    assert len(screen.data("ticket_table")["rows"]) == 2


def test_what_was_closed_last_comes_first(api: Api, agent: Visitor, student: Visitor, see: Opener) -> None:
    """Also when another one is changed later."""
    before, after = (int(student.report(f"Closed {when}")["id"]) for when in ("before", "after"))
    for ticket in (before, after):
        agent.move(ticket, "active", "closed")
    agent.edit(before, priority="low")
    assert titles(see(agent, "overview"), "solved")[:2] == ["Closed after", "Closed before"]
    assert number(see(agent, "overview"), "Closed today")["href"].endswith("sort=-closed_at")
    for ticket in (before, after):
        api.sql("DELETE FROM ticket WHERE id = %s", ticket)


def test_a_count_that_was_cut_off_says_so() -> None:
    mine = CountedPage[TicketRead](items=[], next_cursor=None, total=10_000, total_capped=True)
    numbers = dict.fromkeys(
        ("open", "active", "closed_today", "waits_for_desk", "waits_for_requester", "unassigned"), 0
    )
    now = Overview.model_construct(None, **numbers)  # type: ignore[arg-type]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(home_counts, "today", date.today)
        found = OverviewLists.model_construct(mine=mine)  # type: ignore[call-arg]
        assert home_counts.counts(now, found)[0].value == "10,000+"


def test_a_list_that_goes_on_leads_to_all_of_it(api: Api, agent: Visitor, student: Visitor, see: Opener) -> None:
    added = [student.report(f"More {n}")["id"] for n in range(5)]
    screen = see(agent, "overview")
    assert len(titles(screen, "unassigned")) == 5
    assert "All 6" in [link.proto.label for link in screen.app.get("page_link")]
    for ticket in added:
        api.sql("DELETE FROM ticket WHERE id = %s", ticket)


def test_managers_see_who_has_too_much_and_staff_do_not_ask(
    api: Api, agent: Visitor, manager: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.sql("UPDATE person SET capacity = 1 WHERE id = %s", agent.person_id)
    screen = see(manager, "overview")
    assert "1 person has more tickets than they can work on at the same time." in screen.words()
    assert screen.data("table", "workload")["rows"][0] == ["Ada Okafor", "2", "0", "2", "1", "1 too many"]
    asked: list[Client] = []
    monkeypatch.setattr(Client, "workload", asked.append)
    assert "Who has how much to do" not in see(agent, "overview").words()
    assert asked == []


def test_students_see_what_was_answered_since_they_looked(api: Api, agent: Visitor, see: Opener) -> None:
    reader = api.enter("student", "Nina News")
    answered, quiet = (int(reader.report(f"News {n}")["id"]) for n in range(2))
    assert "news for you" not in str([link.proto.label for link in see(reader).app.get("page_link")])
    agent.say(answered, "Somebody comes.")
    assert "1 ticket has news for you" in [link.proto.label for link in see(reader).app.get("page_link")]
    screen = see(reader, "my_tickets")
    assert "1 of your tickets has a new answer." in screen.words()
    chips = {item["id"]: [chip["text"] for chip in item["chips"]] for item in screen.data("rows")["items"]}
    assert ("New answer" in chips[answered], "New answer" in chips[quiet]) == (True, False)
    done(reader.put(f"/tickets/{answered}/read"), 204)
    assert "New answer" not in screen.again().words()


def test_whose_turn_it_is_is_said_alike_everywhere(
    api: Api, agent: Visitor, tickets: dict[str, int], see: Opener
) -> None:
    def turns(visitor: Visitor) -> set[str]:
        # In the menu, one of the views is called "Our turn".
        words = str(see(visitor, "ticket", id=str(tickets["Oldest"])).data("ticket_card"))
        return {turn for turn in ("Our turn", "Their turn", "Your turn", "Helpdesk's turn", "Waits") if turn in words}

    requester, other = api.enter("student", "Mia Rossi"), api.enter("student", "Otto Other")
    assert [turns(visitor) for visitor in (agent, requester, other)] == [
        {"Our turn"},
        {"Helpdesk's turn"},
        {"Helpdesk's turn"},
    ]
    agent.say(tickets["Oldest"], "Which one?")
    assert [turns(visitor) for visitor in (agent, requester)] == [{"Their turn"}, {"Your turn"}]
