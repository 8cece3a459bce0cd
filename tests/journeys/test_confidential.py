"""A confidential report: the helpdesk's pages show nothing of it, live or otherwise, until an administrator names
somebody; and nothing more of it when they are removed."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Opener
from tests.journeys.window import choose, row, text_of
from tests.support.api import Api
from tests.support.browser import PHONE

SECRET, PUBLIC = "uninvited-visitor-23", "ordinary-lamp-23"


def test_only_whoever_is_named_on_it_sees_it(visit: Opener, api: Api) -> None:
    # Of the demo: the pages may have asked a moment ago who works here, and ask again after half a minute.
    [(name,)] = api.sql("SELECT name FROM person WHERE roles = '{agent}' ORDER BY id LIMIT 1")
    student, staff, chief = (
        visit("student", "Iris Blum", size=PHONE),
        visit("agent", name),
        visit("admin", "Ines"),
    )
    staff.open("queue")

    page = student.open("report")
    page.get_by_text("Confidential: only you").click()
    expect(page.get_by_text("without a password")).to_be_visible()
    page.get_by_label("What is the problem?").fill(f"There is an {SECRET} at my door.")
    page.get_by_role("button", name="Report", exact=True).click()
    thanks = page.get_by_role("heading", name="Thank you. Your report is")
    expect(thanks).to_be_visible()
    found = re.search(r"#(\d+)", thanks.inner_text())
    assert found is not None
    number = int(found[1])
    later = api.enter("student", "Iris Blum").report(f"An {PUBLIC}.")["id"]
    expect(row(staff.page, later)).to_be_visible()
    expect(row(staff.page, number)).to_have_count(0)

    ticket = chief.open("ticket", id=number)
    expect(ticket.get_by_text("Iris Blum (requester)")).to_be_visible()
    choose(ticket, "Let somebody else read it", name)
    expect(ticket.get_by_text(f"{name} (follows it)")).to_be_visible()
    expect(row(staff.page, number)).to_contain_text("Confidential")
    staff.open("ticket", id=number)
    expect(staff.page.get_by_role("heading", name=SECRET)).to_be_visible()

    ticket.get_by_role("button", name="Remove").click()
    expect(staff.page.get_by_text("There is nothing here")).to_be_visible()
    assert SECRET not in text_of(staff.page)
    staff.record.frames.clear()
    for screen in ("queue", "overview"):
        staff.open(screen)
        assert SECRET not in text_of(staff.page), screen
    assert not staff.record.has_received(SECRET)
