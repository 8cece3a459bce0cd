"""On a phone the menu covers the page, so it goes away when it has done its work."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Opener
from tests.journeys.window import settled
from tests.support.browser import PHONE

pytestmark = pytest.mark.second_try


def open_menu(page: Page) -> None:
    page.get_by_role("button", name="Expand sidebar").click()
    expect(page.get_by_role("link", name="My tickets")).to_be_in_viewport()


def test_the_menu_closes_when_it_has_done_its_work(visit: Opener) -> None:
    """A page is chosen, the page is loaded again, or a role is switched: no page begins under an open menu."""
    page = visit("student", "Pia Phone", size=PHONE).open("open_tickets")
    open_menu(page)
    page.get_by_role("link", name="My tickets").click()
    expect(page.get_by_role("heading", name="My tickets")).to_be_visible()
    expect(page.get_by_role("button", name="Expand sidebar")).to_be_visible()
    open_menu(page)
    page.reload()
    settled(page)
    expect(page.get_by_role("button", name="Expand sidebar")).to_be_visible()
    open_menu(page)
    page.get_by_test_id("stSidebar").get_by_text("Pia Phone").click()
    page.get_by_role("button", name="Sign in as helpdesk staff").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    expect(page.get_by_role("button", name="Expand sidebar")).to_be_visible()
