"""The menu at the side and the bar of a phone: they lead where they say, and keep what somebody is doing."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.components.bare import DESK, Bare
from tests.components.conftest import Opener
from tests.support.browser import PHONE

pytestmark = pytest.mark.second_try


def entry(label: str, href: str, *, is_current: bool = False, counts: str = "") -> dict[str, Any]:
    return {"label": label, "href": href, "is_current": is_current, "counts": counts}


def drawn(part: Bare, current: str = "queue", unread: int = 0, mentions: int = 0) -> None:
    entries = [
        entry("Queue", "queue", is_current=current == "queue"),
        entry("My tickets", "my_tickets", is_current=current == "my_tickets", counts="unread"),
        entry("Mentions", "mentions", counts="mentions"),
    ]
    groups = [{"name": "Tickets", "entries": entries}]
    news = {"unread": unread, "mentions": mentions}
    part.draw(groups=groups, new=entry("New ticket", "report_for"), search="search", hasKeys=True, news=news)


@pytest.fixture
def part(bare: Opener) -> Bare:
    menu = bare("menu")
    drawn(menu)
    return menu


def test_the_page_that_is_shown_is_marked_and_a_link_keeps_the_focus(part: Bare) -> None:
    mine = part.page.get_by_role("link", name="My tickets")
    mine.click()
    drawn(part, "my_tickets")
    expect(part.page).to_have_url(f"{DESK}/my_tickets")
    expect(mine).to_have_attribute("aria-current", "page")
    expect(mine).to_be_focused()
    expect(part.page.get_by_role("link", name="Queue")).not_to_have_attribute("aria-current", "page")


def test_the_search_leads_to_its_page_and_keeps_what_is_typed_meanwhile(part: Bare) -> None:
    field = part.page.get_by_role("searchbox", name="Search")
    field.fill("  ")
    field.press("Enter")
    assert part.page.url == f"{DESK}/page"
    field.fill(" lift & stairs")
    drawn(part, "my_tickets")
    expect(field).to_have_value(" lift & stairs")
    field.press("Enter")
    expect(part.page).to_have_url(f"{DESK}/search?q=lift+%26+stairs")


def test_what_is_new_is_counted_as_it_comes(part: Bare) -> None:
    mine, mentions = (part.page.get_by_role("link", name=name) for name in ("My tickets", "Mentions"))
    expect(mine).to_have_text("My tickets")
    part.page.evaluate("dispatchEvent(new CustomEvent('lodge-unread', { detail: { unread: 3, mentions: 1 } }))")
    expect(mine).to_have_accessible_name("My tickets 3 with something new")
    expect(mentions).to_have_accessible_name("Mentions 1 unseen")
    drawn(part, unread=120)
    expect(mine).to_have_text("My tickets99+ with something new")
    expect(mentions).to_have_text("Mentions")


def test_its_button_shows_the_keys(part: Bare) -> None:
    part.page.evaluate("addEventListener('lodge-keys', () => { window.isAsked = true; })")
    part.page.get_by_role("button", name="Keys").click()
    assert part.page.evaluate("window.isAsked")


def test_a_phones_bar_opens_the_menu(bare: Opener) -> None:
    part = bare("phone_bar", size=PHONE)
    part.page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', "
        "'<div data-testid=stExpandSidebarButton onclick=\"window.isOpen = true\"></div>')"
    )
    entries = [entry("Queue", "queue", is_current=True), entry("New", "report_for")]
    part.draw(entries=entries, moreCounts="mentions", news={"mentions": 2})
    more = part.page.get_by_role("navigation", name="Main pages").get_by_role("button", name="More")
    expect(more).to_have_accessible_name("More 2 unseen")
    more.click()
    assert part.page.evaluate("window.isOpen")
    part.page.get_by_role("link", name="New").click()
    expect(part.page).to_have_url(f"{DESK}/report_for")
