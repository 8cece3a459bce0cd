"""On a phone a bar at the bottom has what one uses most, and opens the menu. The menu covers the page, so it goes away
when it has done its work."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Opener
from tests.journeys.window import settled
from tests.support.browser import PHONE

pytestmark = pytest.mark.second_try


def bar(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Main pages")


def open_menu(page: Page) -> None:
    bar(page).get_by_role("button", name="More").click()
    expect(page.get_by_role("link", name="My tickets")).to_be_in_viewport()


def expect_closed(page: Page) -> None:
    expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")


def test_the_menu_closes_when_it_has_done_its_work(visit: Opener) -> None:
    """A page is chosen, the page is loaded again, or a role is switched: no page begins under an open menu."""
    page = visit("student", "Pia Phone", size=PHONE).open("open_tickets")
    open_menu(page)
    page.get_by_role("link", name="My tickets").click()
    expect(page.get_by_role("heading", name="My tickets")).to_be_visible()
    expect_closed(page)
    open_menu(page)
    page.reload()
    settled(page)
    expect_closed(page)
    open_menu(page)
    page.get_by_test_id("stSidebar").get_by_text("Pia Phone").click()
    page.get_by_role("button", name="Sign in as helpdesk staff").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    expect_closed(page)


def test_the_bar_leads_to_what_one_uses_most_and_covers_nothing(visit: Opener) -> None:
    page = visit("student", "Pia Phone", size=PHONE).open("my_tickets")
    for name, heading in (("Open", "Open tickets"), ("Mine", "My tickets"), ("Report", "Report a problem")):
        bar(page).get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        expect(bar(page).get_by_role("link", name=name)).to_have_attribute("aria-current", "page")
        settled(page)
    last = page.get_by_text(re.compile("You can report at any time"))
    page.get_by_test_id("stMain").evaluate("(main) => main.scrollTo(0, main.scrollHeight)")
    under, above = last.bounding_box(), bar(page).bounding_box()
    assert under is not None
    assert above is not None
    assert above["y"] + above["height"] == PHONE["height"]
    assert under["y"] + under["height"] <= above["y"]
