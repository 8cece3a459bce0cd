"""A query with a parameter is saved by key, shared, and opened by its link by somebody else, who copies it."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Opener
from tests.journeys.window import settled
from tests.support.browser import DESKTOP, PHONE
from tests.support.looks import WCAG_2_2_AA, found_by_axe, misplaced

SQL = "-- $most = 3\nSELECT number FROM range($most) AS numbers(number)"


def looks_well(page: Page) -> None:
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        settled(page)
        assert misplaced(page) + found_by_axe(page, WCAG_2_2_AA) == []


def test_a_query_is_saved_shared_and_copied(visit: Opener) -> None:
    page = visit("analyst", "Yuki Tanaka").open("sql_lab")
    page.get_by_role("textbox", name="SQL").press("Control+A")
    page.keyboard.insert_text(SQL)
    page.keyboard.press("Control+s")
    page.get_by_label("Name", exact=True).fill("The first numbers")
    page.get_by_label("Share it with everybody").check(force=True)
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Everybody who may run SQL finds this query.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/sql_lab\?query=\d+$"))
    page.get_by_role("textbox", name="SQL").press("Control+Enter")
    expect(page.get_by_text("3 rows in ")).to_be_visible()
    page.get_by_label("$most", exact=True).fill("2")
    page.get_by_role("button", name="Run with these values").click()
    expect(page.get_by_text("2 rows in ")).to_be_visible()
    for name in ("History", "Saved queries"):
        page.get_by_text(name, exact=True).click()
        expect(page.get_by_role("list", name=name).get_by_role("listitem").first).to_be_visible()
    looks_well(page)

    address = page.url.rsplit("/", 1)[1]
    other = visit("manager", "Omar Haddad").open(address)
    expect(other.get_by_text("Shared by Yuki Tanaka")).to_be_visible()
    expect(other.get_by_role("textbox", name="SQL")).to_contain_text("range($most)")
    expect(other.get_by_text("rows in ")).to_have_count(0)
    other.get_by_role("textbox", name="SQL").press("Control+End")
    other.keyboard.type(" ORDER BY 1 DESC")
    expect(other.get_by_text("Unsaved changes")).to_be_visible()
    other.reload()
    expect(other.get_by_text("Unsaved changes")).to_be_visible()
    other.get_by_role("button", name="Save a copy…").click()
    other.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(other.get_by_text("Only you see this query.")).to_be_visible()
    expect(other.get_by_text("Unsaved changes")).to_be_hidden()
