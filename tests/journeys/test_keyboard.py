"""Everything that matters, without a pointer."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Opener
from tests.journeys.window import message, settled, tab_to
from tests.lodge.waiting import wait_until
from tests.support.looks import WCAG_2_2_AA, found_by_axe

pytestmark = pytest.mark.second_try


def test_from_the_door_to_an_answer_and_out_again(visit: Opener) -> None:
    page = visit().open()
    expect(page.get_by_label("Your name")).to_be_focused()
    page.keyboard.type("Kim Keys")
    tab_to(page, "Helpdesk staff")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    settled(page)
    number = report_for_oneself(page)
    open_from_the_queue(page, number)
    answer(page)
    switch_role(page)
    leave(page)


def test_a_building_is_added_and_deleted(visit: Opener) -> None:
    page = visit("admin", "Kim Keys").open("lists")
    tab_to(page, "Add a building")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_label("Name", exact=True)).to_be_visible()
    settled(page)
    tab_to(page, "Name")
    page.keyboard.type("Aviary")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    settled(page)
    tab_to(page, "Delete Aviary")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    settled(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    settled(page)
    page.get_by_role("button", name="Delete Aviary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("button", name="Delete")).to_be_visible()
    settled(page)
    tab_to(page, "Delete")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Delete Aviary")).to_have_count(0)


def test_the_keys_are_listed_and_leave_alone_what_somebody_writes(visit: Opener) -> None:
    page = visit("agent", "Kim Keys").open("report_for")
    # The page begins in its first field, where a key writes.
    expect(page.get_by_label("Who has the problem?")).to_be_focused()
    page.keyboard.press("Escape")
    dialog = page.get_by_role("dialog", name="Keys")

    def are_shown() -> bool:
        """A key that is pressed before its script has come is lost."""
        page.keyboard.press("?")
        return dialog.is_visible()

    wait_until(are_shown, "the list of keys")
    expect(dialog.get_by_text("Assign it to me")).to_be_visible()
    assert found_by_axe(page, WCAG_2_2_AA) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_label("Who has the problem?").fill("")
    page.keyboard.type("gq c ar?/")
    expect(page.get_by_label("Who has the problem?")).to_have_value("gq c ar?/")
    expect(page.get_by_role("heading", name="New ticket")).to_be_visible()
    page.keyboard.press("Escape")
    settled(page)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search")).to_be_focused()
    page.keyboard.type("lift")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/(search|queue)\?q=lift$"))


def report_for_oneself(page: Page) -> str:
    page.keyboard.press("c")
    expect(page.get_by_role("heading", name="New ticket")).to_be_visible()
    expect(page.get_by_label("Who has the problem?")).to_be_focused()
    settled(page)
    page.keyboard.type("Kim")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Choose the person")).to_be_visible()
    settled(page)
    tab_to(page, "Choose the person")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_label("What is the problem?")).to_be_visible()
    settled(page)
    tab_to(page, "What is the problem?")
    page.keyboard.type("The door squeaks.")
    tab_to(page, "Report")
    page.keyboard.press("Enter")
    thanks = page.get_by_role("heading", name="Reported as #")
    expect(thanks).to_be_visible()
    found = re.search(r"#\d+", thanks.inner_text())
    assert found is not None
    settled(page)
    # The next report may begin in its first field, where keys write.
    if page.evaluate("document.activeElement.matches('input')"):
        page.keyboard.press("Escape")
    return found[0]


def open_from_the_queue(page: Page, number: str) -> None:
    page.keyboard.press("g")
    page.keyboard.press("q")
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    settled(page)
    tab_to(page, f"{number} ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The door squeaks.")).to_be_visible()
    settled(page)


def answer(page: Page) -> None:
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="Close as solved")).to_be_visible()
    settled(page)
    page.keyboard.press("r")
    expect(page.get_by_label("Your answer")).to_be_focused()
    page.keyboard.type("Oil is on its way.")
    page.keyboard.press("Control+Enter")
    expect(message(page, "Oil is on its way.")).to_be_visible()
    expect(page.get_by_label("Your answer")).to_have_value("")
    expect(page.get_by_label("Your answer")).to_be_focused()
    settled(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    settled(page)


def switch_role(page: Page) -> None:
    tab_to(page, "Kim Keys, Helpdesk staff: switch role or sign out")
    page.keyboard.press("Enter")
    tab_to(page, "Sign in as student")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Report a problem")).to_be_visible()
    settled(page)


def leave(page: Page) -> None:
    tab_to(page, "Student")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    page.keyboard.press("Enter")
    tab_to(page, "Sign out")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Helpdesk staff")).to_be_visible()
