"""From a name in the list of tables to the first rows of what is typed, and to the result."""

from playwright.sync_api import expect

from tests.journeys.conftest import Opener
from tests.journeys.window import settled
from tests.support.browser import DESKTOP, PHONE
from tests.support.looks import WCAG_2_2_AA, found_by_axe, misplaced


def test_what_is_typed_is_previewed_before_it_runs(visit: Opener) -> None:
    page = visit("analyst", "Noor Haddad", size=PHONE).open("sql_lab")
    field = page.get_by_role("textbox", name="SQL")
    field.press("Control+A")
    page.keyboard.type("SELECT id, '<b>bold</b>' AS word, ")
    page.get_by_text("Tables and columns").click()
    page.get_by_role("searchbox", name="Search tables and columns").fill("first_response_at")
    expect(page.get_by_role("img", name="Rows in 12 equal parts from ").first).to_be_visible()
    page.get_by_role("button", name="first_response_at").first.click()
    expect(field).to_be_focused()
    page.keyboard.type(" FROM ticket ORDER BY id")
    preview = page.get_by_role("region", name="Preview", exact=True)
    expect(preview.get_by_text("Preview: the first 8 rows, as of ")).to_be_visible()
    expect(preview.get_by_role("columnheader")).to_have_text(["id", "word", "first_response_at"])
    expect(preview.get_by_role("cell", name="<b>bold</b>")).to_have_count(8)
    page.keyboard.press("Escape")  # what is offered goes
    expect(page.get_by_role("listbox", name="Completions")).to_have_count(0)
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        settled(page)
        assert misplaced(page) + found_by_axe(page, WCAG_2_2_AA) == []
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(" rows in ")).to_be_visible()
    expect(preview).to_be_hidden()
