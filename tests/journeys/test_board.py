"""The board in real browsers: cards go by mouse, touch and keys to where they shall, and two people see what the other
does."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Opener
from tests.journeys.window import row, settled
from tests.lodge.waiting import wait_until
from tests.support.api import Api, Visitor
from tests.support.browser import PHONE
from tests.support.looks import WCAG_2_2_AA, found_by_axe

pytestmark = pytest.mark.second_try


def column(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name)


def card(page: Page, ticket: int, name: str) -> Locator:
    """The ticket's card in this column."""
    return column(page, name).get_by_role("listitem", name=re.compile(rf"^#{ticket} "))


def drag(page: Page, ticket: int, name: str) -> None:
    start, end = row(page, ticket).bounding_box(), column(page, name).bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 60, start["y"] + 30)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 150, steps=5)
    page.mouse.up()


def wait_for_stage(agent: Visitor, ticket: int, stage: str) -> None:
    wait_until(lambda: bool(agent.read(ticket)["stage"] == stage), f"#{ticket} in {stage}")


def test_a_card_is_moved_by_mouse_by_keys_and_by_touch(visit: Opener, api: Api) -> None:
    agent = api.enter("agent", "Bo Board")
    ticket = agent.report("The gong is out of tune")["id"]
    page = visit("agent", "Bo Board").open("queue", q="gong tune")
    page.get_by_role("link", name="Board", exact=True).last.click()
    expect(card(page, ticket, "To do")).to_be_visible()
    settled(page)
    assert "q=gong" in page.url

    drag(page, ticket, "In progress")
    expect(card(page, ticket, "In progress")).to_be_visible()
    wait_for_stage(agent, ticket, "in-progress")
    expect(page.get_by_role("status").filter(has_text=f"#{ticket} moved to In progress.")).to_have_count(1)
    settled(page)

    row(page, ticket).get_by_role("link").focus()
    page.keyboard.press("Shift+ArrowRight")
    wait_for_stage(agent, ticket, "pending")
    page.keyboard.press("m")
    expect(page.get_by_role("menu", name=f"#{ticket}")).to_be_visible()
    assert found_by_axe(page, WCAG_2_2_AA) == []
    page.keyboard.press("c")
    page.keyboard.press("Enter")
    wait_for_stage(agent, ticket, "completed")
    page.get_by_role("button", name="Undo").click()
    wait_for_stage(agent, ticket, "pending")
    settled(page)
    row(page, ticket).get_by_role("link").click()
    expect(page.get_by_role("heading", name="The gong is out of tune")).to_be_visible()
    settled(page)
    page.go_back()
    expect(row(page, ticket).get_by_role("link")).to_be_focused()
    settled(page)

    phone = visit("agent", "Bo Phone", size=PHONE).open("board", q="gong tune")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    hold_and_carry(phone, ticket)
    wait_for_stage(agent, ticket, "blocked")


def hold_and_carry(page: Page, ticket: int) -> None:
    """Holds the card, which is in Pending, at the right edge until the next column has come, and drops it there."""
    row(page, ticket).scroll_into_view_if_needed()
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})

    def touch(kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def middle() -> float:
        box = column(page, "Blocked").bounding_box()
        return box["x"] + box["width"] / 2 if box else 0

    box = row(page, ticket).bounding_box()
    assert box is not None
    x, y = box["x"] + 60, box["y"] + 40
    touch("touchStart", x, y)
    expect(page.locator(".ghost")).to_be_visible()
    touch("touchMove", PHONE["width"] - 3, y)
    wait_until(lambda: 0 < middle() < PHONE["width"] - 80, "the next column")
    touch("touchMove", middle(), y)
    touch("touchEnd")
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    session.detach()


def test_two_people_see_what_the_other_does_and_a_refused_move_goes_back(visit: Opener, api: Api) -> None:
    agent = api.enter("agent", "Bo Board")
    tickets = [agent.report(f"The harp is flat, string {string}")["id"] for string in "ab"]
    one = visit("agent", "Bo Board").open("board", q="harp flat string")
    other = visit("agent", "Cleo Board").open("board", q="harp flat string")
    drag(one, tickets[0], "In progress")
    expect(card(other, tickets[0], "In progress")).to_be_visible()

    # What somebody holds stays in their hand while the other moves another one.
    box = row(other, tickets[1]).bounding_box()
    assert box is not None
    other.mouse.move(box["x"] + 60, box["y"] + 30)
    other.mouse.down()
    other.mouse.move(box["x"] + 90, box["y"] + 60, steps=3)
    drag(one, tickets[0], "Pending")
    expect(card(other, tickets[0], "Pending")).to_be_visible()
    expect(other.locator(".ghost")).to_be_visible()
    end = column(other, "Completed").bounding_box()
    assert end is not None
    other.mouse.move(end["x"] + 60, end["y"] + 150, steps=3)
    other.mouse.up()
    expect(other.get_by_role("alert").filter(has_text=f"#{tickets[1]} was not moved")).to_be_visible()
    expect(card(other, tickets[1], "To do")).to_be_visible()
    assert agent.read(tickets[1])["stage"] == "to-do"
    settled(one)
    settled(other)
