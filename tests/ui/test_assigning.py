"""Assigning a ticket: from the queue, on its page, and across teams."""

import html

import pytest

from tests.support import rows
from tests.support.api import Api, Visitor
from tests.support.screens import Screen
from tests.ui.conftest import Opener


@pytest.fixture(scope="module")
def ben(api: Api) -> Visitor:
    """Of the team Porters."""
    visitor = api.enter("agent", "Ben Ott")
    api.sql("UPDATE person SET team_id = %s WHERE id = %s", rows.team(api, "Porters"), visitor.person_id)
    rows.team(api, "Night *shift*", slug="night-shift")
    return visitor


@pytest.fixture
def ticket(ben: Visitor, student: Visitor) -> int:
    number: int = student.report("The lift is stuck.")["id"]
    return number


def opened(screen: Screen, ticket: int) -> Screen:
    """The queue with the dialog for this ticket."""
    return screen.fire("ticket_table", "assign", ticket)


def key(visitor: Visitor, ticket: int, name: str) -> str:
    return f"assign_{ticket}_{visitor.read(ticket)['version']}_{name}"


def test_one_press_takes_a_ticket_from_the_queue(agent: Visitor, ticket: int, see: Opener) -> None:
    screen = opened(see(agent, "queue"), ticket)
    assert "Nobody has it. It is in no team." in html.unescape(screen.words())
    screen.press("Assign to me")
    assert agent.read(ticket)["assignee"]["id"] == agent.person_id
    assert "Assign to me" not in screen.labels(), "the dialog is closed"


def test_it_says_from_whom_one_takes_it(agent: Visitor, ben: Visitor, ticket: int, see: Opener) -> None:
    agent.edit(ticket, assignee=ben.person_id, team="porters")
    screen = opened(see(agent, "queue"), ticket)
    assert "Ben Ott has it. It is in the team Porters." in html.unescape(screen.words())
    screen.press("Take over from Ben Ott")
    assert agent.read(ticket)["assignee"]["id"] == agent.person_id
    shown = see(agent, "ticket", id=str(ticket)).data("timeline")["entries"]
    assert "Ada Okafor took it over from Ben Ott" in [line["text"] for line in shown if not line["is_message"]]


def test_a_person_a_team_and_nobody_are_chosen(agent: Visitor, ben: Visitor, ticket: int, see: Opener) -> None:
    screen = opened(see(agent, "queue"), ticket)
    screen.app.selectbox(key=key(agent, ticket, "team")).set_value("night-shift").run()
    screen.press("Save")
    assert agent.read(ticket)["team"] == "night-shift"

    person = opened(screen, ticket).app.selectbox(key=key(agent, ticket, "person"))
    assert "Ben Ott · Porters" in person.options
    person.set_value(ben.person_id).run()
    screen.press("Save")
    now = agent.read(ticket)
    assert (now["assignee"]["name"], now["team"]) == ("Ben Ott", "night-shift"), "the team changes only when it is said"

    opened(screen, ticket)
    assert "…and move it to their team, Porters" in [html.unescape(one.label) for one in screen.app.checkbox]
    screen.app.checkbox(key=key(agent, ticket, "moves_porters")).set_value(True).run()
    screen.press("Save")
    assert agent.read(ticket)["team"] == "porters"

    opened(screen, ticket).app.selectbox(key=key(agent, ticket, "person")).set_value(0).run()
    screen.press("Save")
    assert agent.read(ticket)["assignee"] is None


def test_a_colleague_who_was_faster_is_named(agent: Visitor, ben: Visitor, ticket: int, see: Opener) -> None:
    screen = opened(see(agent, "queue"), ticket)
    ben.edit(ticket, assignee=ben.person_id)
    screen.press("Assign to me")
    assert "Ben Ott took it a moment ago, so nothing was saved. Please look again." in html.unescape(screen.words())
    assert "Take over from Ben Ott" in screen.labels(), "the dialog shows what is true now"
    assert agent.read(ticket)["assignee"]["name"] == "Ben Ott"


def test_a_ticket_that_is_gone_is_told(agent: Visitor, admin: Visitor, ticket: int, see: Opener) -> None:
    screen = see(agent, "queue")
    admin.delete(f"/tickets/{ticket}")
    opened(screen, ticket)
    assert f"There is no ticket {ticket}" in screen.data("warning")["text"]


def test_the_queue_shows_teams_and_filters_by_them(agent: Visitor, ben: Visitor, ticket: int, see: Opener) -> None:
    agent.edit(ticket, team="night-shift")
    screen = see(agent, "queue", team=["night-shift", "none"], columns=["assignee", "team", "status"])
    assert screen.data("filter_chips")["chips"][0]["text"] == "Team: Night *shift*, No team"
    (row,) = [row for row in screen.data("ticket_table")["rows"] if row["id"] == ticket]
    assert row["cells"][:2] == [["Unassigned", "quiet", "", 1], ["Night *shift*", "", "", 1]]
    assert len(row["cells"][2]) == 3, "only who has it is a button"


def test_on_its_page_another_team_is_offered(agent: Visitor, ben: Visitor, ticket: int, see: Opener) -> None:
    agent.edit(ticket, team="night-shift")
    screen = see(agent, "ticket", id=str(ticket))
    (box,) = [one for one in screen.app.selectbox if one.label == "Assigned to"]
    box.set_value(ben.person_id).run()
    told = "Ben Ott is in the team Porters; the ticket stays in Night *shift*."
    assert screen.data("warning")["text"] == told
    assert agent.read(ticket)["team"] == "night-shift"
    screen.press("Move it to Porters")
    assert agent.read(ticket)["team"] == "porters"
    assert not screen.has("warning")


def test_on_its_page_a_team_is_chosen(agent: Visitor, ben: Visitor, ticket: int, see: Opener) -> None:
    screen = see(agent, "ticket", id=str(ticket))
    (box,) = [one for one in screen.app.selectbox if one.label == "Team"]
    assert box.options[0] == "No team"
    box.set_value("porters").run()
    assert agent.read(ticket)["team"] == "porters"
    lines = [line["text"] for line in screen.data("timeline")["entries"] if not line["is_message"]]
    assert lines[-1] == "Ada Okafor put it into the team Porters"


def test_whoever_takes_it_is_offered_their_own_team(agent: Visitor, ben: Visitor, ticket: int, see: Opener) -> None:
    screen = see(ben, "ticket", id=str(ticket)).press("Assign to me")
    assert screen.data("warning")["text"] == "Ben Ott is in the team Porters; the ticket is in no team."
    agent.edit(ticket, assignee=None, team="porters")
    assert not see(ben, "ticket", id=str(ticket)).press("Assign to me").has("warning")


def test_a_requester_reads_in_its_history_what_the_team_is_called(
    agent: Visitor, student: Visitor, ben: Visitor, ticket: int, see: Opener
) -> None:
    """They may not look teams up, and need not: everybody may know the names."""
    assert student.get("/teams").status_code == 403
    agent.edit(ticket, team="porters")
    lines = see(student, "ticket", id=str(ticket)).data("timeline")["entries"]
    assert "Ada Okafor put it into the team Porters" in [line["text"] for line in lines]
