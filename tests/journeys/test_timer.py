"""A timer is on every page and in every tab while somebody works, and ends as an entry that can be corrected."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Opener
from tests.support.api import Api, done
from tests.support.browser import PHONE

pytestmark = pytest.mark.second_try


def timer(page: Page) -> Locator:
    return page.get_by_role("region", name="Timer")


def entries(page: Page) -> Locator:
    return page.get_by_role("list", name="Entries").get_by_role("listitem")


def test_a_timer_from_start_to_corrected_entry(visit: Opener, api: Api) -> None:
    ticket = api.enter("student", "Iris Blum").report("The radiator whistles.")["id"]
    window = visit("agent", "Tina Timer")
    page = window.open("ticket", id=ticket)
    expect(page.get_by_text("No time yet")).to_be_visible()
    page.get_by_role("button", name="Start timer").click()
    expect(timer(page)).to_contain_text(f"#{ticket} The radiator whistles.")

    tab = window.open_tab("queue")
    expect(timer(tab)).to_contain_text(f"#{ticket}")
    timer(tab).get_by_role("button", name="Pause").click()
    expect(timer(tab)).to_contain_text("Paused")
    expect(page.get_by_role("button", name="Resume", exact=True)).to_be_visible()
    expect(timer(page)).to_be_hidden()
    page.get_by_role("button", name="Resume", exact=True).click()
    tab.close()

    agent = api.enter("agent", "Tina Timer")
    api.sql("UPDATE timer SET last_started_at = last_started_at - interval '9 hours' WHERE ticket_id = %s", ticket)
    page = window.open("my_time")
    expect(timer(page)).to_contain_text("Over 8 hours: still working?")
    timer(page).get_by_role("button", name="Stop").click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("shows 9 h")
    question.get_by_label("hours").fill("0")
    question.get_by_label("minutes").fill("45")
    question.get_by_role("button", name="Correct").click()
    expect(page.get_by_role("row", name=f"#{ticket}")).to_contain_text("45 min")
    expect(timer(page)).to_be_hidden()

    page = window.open("ticket", id=ticket)
    expect(entries(page)).to_have_count(1)
    entries(page).get_by_role("button", name="Correct").click()
    page.keyboard.press("Tab")
    page.keyboard.type("20")
    page.keyboard.press("Enter")
    expect(entries(page)).to_contain_text("20 min")
    page.get_by_role("button", name="Corrections").click()
    expect(page.get_by_role("list", name="Corrections")).to_contain_text("45 min → 20 min")
    (entry,) = done(agent.get(f"/tickets/{ticket}/time"))["items"]
    assert (entry["minutes"], entry["version"]) == (20, 2)

    phone = visit("agent", "Tina Timer", size=PHONE)
    page = phone.open("ticket", id=ticket)
    page.get_by_role("button", name="Start timer").click()
    expect(timer(page)).to_be_in_viewport()
    timer(page).get_by_role("button", name="Stop").click()
    told = page.get_by_role("dialog", name="added to")
    told.get_by_label("Note").fill("On site")
    told.get_by_role("button", name="Save").click()
    expect(entries(page)).to_have_count(2)
    expect(entries(page).first).to_contain_text("On site")
