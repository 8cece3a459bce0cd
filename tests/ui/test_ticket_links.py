"""The links of a ticket on its page: who sees them, how staff add and remove them, and the question before a ticket is
closed that waits for others."""

import pytest

from tests.data_api.links.linking import link, links_of
from tests.support.api import Visitor
from tests.support.screens import Screen
from tests.ui.conftest import Opener


@pytest.fixture
def two(student: Visitor) -> list[int]:
    return [student.report(f"Heating of wing {number}")["id"] for number in (1, 2)]


def add(screen: Screen, ticket_id: int, kind: str, words: str) -> Screen:
    """Opens the dialog, and searches in it."""
    screen.press("Link a ticket")
    screen.app.selectbox(f"link_kind_{ticket_id}").set_value(kind)
    screen.app.text_input(f"link_words_{ticket_id}").set_value(words).run()
    return screen.checked()


def test_staff_link_by_number_and_remove_the_link(agent: Visitor, two: list[int], see: Opener) -> None:
    one, other = two
    screen = see(agent, "ticket", id=str(one))
    assert "Nothing yet" in screen.words()
    add(screen, one, "blocks", f"#{other}").press(f"Link to #{other}")
    assert links_of(agent, one) == {("blocks", other)}
    shown = screen.data("ticket_links", "links_blocks")
    assert (shown["label"], shown["items"][0]["id"], shown["is_removable"]) == ("Blocks", other, True)
    assert f"linked it: it blocks #{other}" in screen.words()
    screen.fire("ticket_links", "remove", other, "links_blocks")
    assert links_of(agent, one) == set()
    assert f"removed the link: it blocks #{other}" in screen.words()


def test_numbers_in_texts_are_links_where_they_may_be_read(
    agent: Visitor, student: Visitor, two: list[int], see: Opener
) -> None:
    one, other = two
    hidden = student.report("For few.", is_confidential=True)["id"]
    ticket = student.report(f"As in #{one} and #{hidden}.")["id"]
    agent.say(ticket, f"See #{other}, #{ticket} and #10000000.")
    link(agent, ticket, "relates-to", one)
    for visitor, seen in ((agent, {str(one)}), (student, {str(one), str(hidden)})):
        screen = see(visitor, "ticket", id=str(ticket))
        assert screen.data("ticket_card")["tickets"].keys() == seen
        entries = screen.data("timeline")["entries"]
        assert [entry["tickets"] for entry in entries if entry["is_message"]] == [
            {str(other): "Heating of wing 2 (Open)"}
        ]
        assert {str(one): ""} in [entry["tickets"] for entry in entries]


def test_what_is_refused_is_said_in_the_dialog(agent: Visitor, two: list[int], see: Opener) -> None:
    one, other = two
    link(agent, other, "blocks", one)
    screen = add(see(agent, "ticket", id=str(one)), one, "blocks", "heating wing")
    found = screen.app.radio(f"link_which_{one}")
    assert not any(f"&#35;{one} " in option for option in found.options), "a ticket is not linked to itself"
    found.set_value(other).run()
    screen.press(f"Link to #{other}")
    assert "because it waits for" in screen.words()


def test_a_duplicate_is_closed_in_the_same_step(agent: Visitor, two: list[int], see: Opener) -> None:
    one, other = two
    screen = add(see(agent, "ticket", id=str(one)), one, "duplicates", str(other)).press(f"Link to #{other}")
    assert links_of(agent, one) == {("duplicates", other)}
    now = agent.read(one)
    assert (now["status"], now["closed_reason"]) == ("closed", "duplicate")
    assert screen.data("ticket_links", "links_duplicates")["label"] == "Duplicate of"


def test_closing_what_waits_for_others_is_a_question(agent: Visitor, two: list[int], see: Opener) -> None:
    one, other = two
    link(agent, one, "blocks", other)
    agent.move(other, "active")
    screen = see(agent, "ticket", id=str(other)).press("Close as solved")
    assert screen.data("warning")["text"] == f"Ticket {other} is blocked by #{one}, which is not closed."
    assert agent.read(other)["status"] == "active"
    screen.press("Close it all the same")
    assert agent.read(other)["status"] == "closed"
    assert not screen.has("warning")


def test_requesters_see_links_and_change_none(agent: Visitor, student: Visitor, two: list[int], see: Opener) -> None:
    one, other = two
    screen = see(student, "ticket", id=str(one))
    assert "Links" not in [header.value for header in screen.app.header]
    link(agent, one, "relates-to", other)
    screen.again()
    assert screen.data("ticket_links", "links_relates-to")["is_removable"] is False
    assert "Link a ticket" not in screen.labels()
