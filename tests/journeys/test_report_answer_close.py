"""The way of a problem, from a student's phone to the helpdesk's screen and back, without a reload anywhere."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Opener
from tests.journeys.window import Window, choose, message, row, settled
from tests.support.api import Api
from tests.support.browser import PHONE

pytestmark = pytest.mark.second_try


def test_a_problem_is_reported_answered_and_closed(visit: Opener) -> None:
    staff, student = visit("agent", "Ada Okafor"), visit(size=PHONE)
    queue = staff.open("queue")
    enter_as_student(student.page, student.url, "Mia Rossi")
    for page in (queue, student.page):
        page.evaluate("window.isSame = true")
    number = report(student.page)
    expect(row(queue, number)).to_contain_text("The ceiling drips onto the desk")
    expect(row(queue, number)).to_contain_text("Open")

    row(queue, number).get_by_role("link").click()
    student.page.get_by_role("link", name=f"Open #{number}").click()
    expect(student.page.get_by_role("heading", name="The ceiling drips onto the desk")).to_be_visible()
    start_work(staff.page, student.page)
    answer_each_other(staff.page, student.page)
    close_and_reopen(staff.page, student.page)

    assert all(page.evaluate("window.isSame") for page in (staff.page, student.page)), "a page was loaded again"


def enter_as_student(page: Page, url: str, name: str) -> None:
    page.goto(url)
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Student").click()
    expect(page.get_by_role("heading", name="Report a problem")).to_be_visible()
    settled(page)


def report(page: Page) -> int:
    """The ticket's number."""
    page.get_by_label("What is the problem?").fill("The ceiling drips onto the desk\nIt began this morning.")
    page.get_by_label("Room").fill("2.14")
    page.get_by_label("Room").press("Tab")
    choose(page, "How urgent?", "High")
    page.get_by_role("button", name="Report", exact=True).click()
    thanks = page.get_by_role("heading", name="Thank you. Your report is")
    expect(thanks).to_be_visible()
    found = re.search(r"#(\d+)", thanks.inner_text())
    assert found is not None
    expect_empty(page)
    return int(found[1])


def expect_empty(page: Page) -> None:
    """The form that stands for the next report."""
    expect(page.get_by_label("What is the problem?")).to_have_value("")
    expect(page.get_by_label("Room")).to_have_value("")
    expect(page.get_by_text("High", exact=True)).to_have_count(0)


def start_work(staff: Page, student: Page) -> None:
    # A phone has a link of that name too, at the bottom.
    expect(student.get_by_text("Open", exact=True).last).to_be_visible()
    staff.get_by_role("button", name="Start work").click()
    expect(student.get_by_text("Active", exact=True)).to_be_visible()
    expect(staff.get_by_role("button", name="Close as solved")).to_be_visible()


def answer_each_other(staff: Page, student: Page) -> None:
    draft = student.get_by_label("Write to the helpdesk")
    draft.fill("And now it also")
    say(staff, "Your answer", "We send somebody up at ten.", student)
    expect(message(student, "We send somebody up at ten.")).to_contain_text("Ada Okafor")
    expect(draft).to_have_value("And now it also")
    draft.press("End")
    draft.press_sequentially(" smells.")
    say(student, "Write to the helpdesk", "And now it also smells.", staff)
    expect(message(staff, "And now it also smells.")).to_contain_text("Mia Rossi")


def say(page: Page, label: str, text: str, other: Page) -> None:
    """Writes it and sends it, until the other one sees it."""
    page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(message(other, text)).to_be_visible()
    expect(page.get_by_label(label)).to_have_value("")


def close_and_reopen(staff: Page, student: Page) -> None:
    staff.get_by_role("button", name="Close as solved").click()
    expect(student.get_by_text("This ticket is closed.")).to_be_visible()
    expect(student.get_by_text("Closed", exact=True).first).to_be_visible()
    expect(student.get_by_label("Write to the helpdesk")).to_have_count(0)
    expect(staff.get_by_role("button", name="No longer needed")).to_have_count(0)
    student.get_by_role("button", name="Reopen").click()
    expect(staff.get_by_role("button", name="No longer needed")).to_be_visible()
    expect(student.get_by_label("Write to the helpdesk")).to_be_visible()


def test_a_list_follows_while_one_looks(visit: Opener, api: Api) -> None:
    """Own tickets move between the lists, and the overview counts."""
    student, agent = api.enter("student", "Lena Vogt"), api.enter("agent", "Ada Okafor")
    mine, overview = visit("student", "Lena Vogt", size=PHONE), visit("agent", "Ada Okafor")
    mine.open("my_tickets")
    overview.open("overview")
    ticket = student.report("The blinds of the reading room are stuck.")["id"]
    expect(row(mine.page, ticket)).to_contain_text("Open")
    activity = overview.page.get_by_role("list", name="Recent activity").get_by_role("listitem")
    expect(activity.first).to_contain_text(f"#{ticket} ")
    expect(activity.first).to_contain_text("Lena Vogt reported it")
    agent.move(ticket, "active")
    expect(row(mine.page, ticket)).to_contain_text("Active")
    agent.move(ticket, "closed")
    expect(row(mine.page, ticket)).to_have_count(0)
    mine.page.get_by_role("radio", name="Closed", exact=True).click()
    expect(row(mine.page, ticket)).to_contain_text("Closed")


def test_the_tab_counts_what_is_not_read_yet(visit: Opener, api: Api) -> None:
    student, agent = api.enter("student", "Noor Haddad"), api.enter("agent", "Ada Okafor")
    ticket = student.report("The water tap does not close.")["id"]
    window = visit("student", "Noor Haddad", size=PHONE)
    window.open("report")
    expect(window.page).to_have_title("Report a problem · Lodge")
    agent.say(ticket, "Which tap is it?")
    expect(window.page).to_have_title("(1) Report a problem · Lodge")
    window.open("ticket", id=ticket)
    expect(window.page).to_have_title(f"#{ticket} The water tap does not close. · Lodge")
    assert_read(window, ticket)


def assert_read(window: Window, ticket: int) -> None:
    window.open("my_tickets")
    expect(row(window.page, ticket)).to_be_visible()
    expect(window.page).to_have_title("My tickets · Lodge")
