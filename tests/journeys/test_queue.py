"""A morning's queue: read at a glance, walked by keyboard, and kept as a view."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Opener
from tests.journeys.window import row, settled, text_of
from tests.support.api import Api
from tests.support.browser import PHONE

pytestmark = pytest.mark.second_try

LEAST_ROWS = 14


def test_the_queue_is_filtered_walked_by_keyboard_and_kept_as_a_view(visit: Opener, api: Api) -> None:
    tickets = [api.enter("student", "Quinn Queue").report(f"The fountain leaks, part {part}")["id"] for part in "ab"]
    page = visit("agent", "Kim Queue").open("queue")
    assert rows_in_view(page) >= LEAST_ROWS
    page.get_by_label("Search the queue").fill("fountain leaks part")
    page.get_by_label("Search the queue").press("Enter")
    expect(page).to_have_url(re.compile("q=fountain"))
    expect(row(page, tickets[0])).to_be_visible()
    settled(page)
    page.get_by_label("Search the queue").blur()
    for _ in range(2):
        page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The fountain leaks, part a")).to_be_visible()
    settled(page)
    page.go_back()
    expect(row(page, tickets[0]).get_by_role("link")).to_be_focused()
    settled(page)

    page.get_by_role("button", name="Save view…").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Fountain")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Fountain", level=1)).to_be_visible()
    view = page.get_by_role("list", name="Views").get_by_role("link", name="Fountain")
    expect(view).to_have_text("Fountain2")
    settled(page)
    page.get_by_role("list", name="Views").get_by_role("link", name="Mine").click()
    expect(page.get_by_role("heading", name="Mine", level=1)).to_be_visible()
    settled(page)
    api.enter("student", "Quinn Queue").report("The fountain leaks, part c")
    expect(view).to_have_text("Fountain3")
    view.click()
    expect(page.get_by_role("heading", name="Fountain", level=1)).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Delete the view…").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(view).to_have_count(0)


def rows_in_view(page: Page) -> int:
    """Returns how many tickets are wholly on the screen."""
    boxes = [one.bounding_box() for one in page.get_by_role("table", name="Tickets").get_by_role("row").all()[1:]]
    return sum(1 for box in boxes if box and box["y"] + box["height"] <= page.evaluate("innerHeight"))


def test_on_a_phone_a_ticket_is_a_card_and_an_empty_list_has_a_way_out(visit: Opener, api: Api) -> None:
    ticket = api.enter("student", "Quinn Queue").report("The sundial is late", priority="urgent")["id"]
    page = visit("agent", "Kim Queue", size=PHONE).open("queue", q="sundial", priority="low")
    page.get_by_role("button", name="Without Priority: Low there is 1").click()
    expect(row(page, ticket)).to_contain_text("Quinn Queue")
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert "sundial" in text_of(page)
