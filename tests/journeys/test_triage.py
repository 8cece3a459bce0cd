"""A morning's new tickets worked through: opened, priority set, answered (which assigns and starts them), and on to the
next. What it costs is counted: three clicks a ticket at most, or five presses besides the answers' text."""

from collections.abc import Sequence
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Opener
from tests.journeys.window import row, settled
from tests.support.api import Api, Visitor

pytestmark = pytest.mark.second_try

TICKETS = 10
MOST_CLICKS = 3 * TICKETS
MOST_PRESSES = 5 * TICKETS
LEVELS = ("low", "high", "urgent")
COUNT_CLICKS = """() => {
  window.counted = [];
  addEventListener("click", (event) => event.isTrusted && counted.push(event.target), { capture: true });
}"""


class Keyboard:
    """Counts presses. Keys that are pressed together, such as Ctrl+Shift+Enter, are one."""

    def __init__(self, page: Page) -> None:
        self._keyboard = page.keyboard
        self.presses = 0

    def press(self, *keys: str) -> None:
        for each in keys:
            self.presses += 1
            self._keyboard.press(each)

    def write(self, text: str) -> None:
        """It is not counted: an answer has to be written anyway."""
        self._keyboard.insert_text(text)


def test_ten_tickets_by_mouse(visit: Opener, api: Api) -> None:
    agent, tickets = api.enter("agent", "Tess Triage"), reported(api, "gutter")
    page = visit("agent", "Tess Triage").open("queue", q="gutter overflows", sort="opened_at")
    # Going from ticket to ticket loads nothing anew, so the count stays.
    page.evaluate(COUNT_CLICKS)
    row(page, tickets[0]).get_by_role("link").click()
    for place, ticket in enumerate(tickets):
        arrive(page, ticket)
        priority(page, place).click()
        field = page.get_by_label("Your answer")
        if place == 0:
            field.click()
        expect(field).to_be_focused()
        page.keyboard.insert_text(text(place))
        page.get_by_role("button", name="Send and go").click()
    assert_back_and_done(page, agent, tickets)
    clicks = page.evaluate("counted.length")
    assert TICKETS < clicks <= MOST_CLICKS, clicks


def test_ten_tickets_by_keyboard(visit: Opener, api: Api) -> None:
    agent, tickets = api.enter("agent", "Kit Triage"), reported(api, "drain")
    page = visit("agent", "Kit Triage").open("queue", q="drain overflows", sort="opened_at")
    keys = Keyboard(page)
    keys.press("j", "Enter")
    for place, ticket in enumerate(tickets):
        arrive(page, ticket)
        if place > 0:
            # The field has the focus since the answer before.
            keys.press("Escape")
        keys.press(key(place), "r")
        expect(page.get_by_label("Your answer")).to_be_focused()
        keys.write(text(place))
        keys.press("Control+Shift+Enter")
    assert_back_and_done(page, agent, tickets)
    assert keys.presses <= MOST_PRESSES


def reported(api: Api, what: str) -> Sequence[int]:
    student = api.enter("student", "Stu Triage")
    return [student.report(f"The {what} of house {number} overflows")["id"] for number in range(TICKETS)]


def level(place: int) -> str:
    return LEVELS[place % len(LEVELS)]


def priority(page: Page, place: int) -> Locator:
    return page.get_by_role("group", name="Priority").get_by_role("button", name=level(place).capitalize())


def key(place: int) -> str:
    """Returns the key of the priority: its place among all four."""
    return {"low": "1", "high": "3", "urgent": "4"}[level(place)]


def text(place: int) -> str:
    return f"Somebody clears it at {place + 8}."


def arrive(page: Page, ticket: int) -> None:
    expect(page.get_by_role("paragraph").filter(has_text=f"#{ticket}")).to_be_visible()
    settled(page)


def assert_back_and_done(page: Page, agent: Visitor, tickets: Sequence[int]) -> None:
    expect(page.get_by_role("heading", name="Queue", level=1)).to_be_visible()
    settled(page)
    for place, ticket in enumerate(tickets):
        now = agent.read(ticket)
        assert (now["status"], now["priority"], now["assignee"]["name"]) == ("active", level(place), agent.name)
        assert bodies(agent, ticket) == [text(place)]


def bodies(agent: Visitor, ticket: int) -> list[Any]:
    return [one["body"] for one in agent.walk(f"/tickets/{ticket}/messages")]
