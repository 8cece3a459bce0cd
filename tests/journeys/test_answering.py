"""Two colleagues at one ticket see each other; one of them answers, closes and goes on, and Back is the list."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Opener
from tests.journeys.window import message, row, settled
from tests.support.api import Api, done

pytestmark = pytest.mark.second_try


def test_one_sees_who_else_is_there_answers_and_goes_on(visit: Opener, api: Api) -> None:
    student = api.enter("student", "Ria Row")
    tickets = [student.report(f"The radiator of room {number} ticks.")["id"] for number in (1, 2, 3)]
    ada, ben = visit("agent", "Ada Okafor"), visit("agent", "Ben Ito")
    ada.open("queue", q="radiator ticks", sort="opened_at")
    row(ada.page, tickets[0]).get_by_role("link").click()
    expect_ticket(ada.page, tickets[0])
    see_each_other(ada.page, ben.open("ticket", id=tickets[0]))
    ben.page.goto(ben.address("queue"))
    expect(ada.page.get_by_text("Ben Ito is")).to_have_count(0)

    manager = api.enter("manager", "Mo Lead")
    reply = {"title": "Technician at ten", "text": "Hello {requester}, a technician tightens it at ten."}
    kept = done(manager.post("/canned-replies", json=reply), 201)["id"]
    field = ada.page.get_by_label("Your answer")
    field.press_sequentially("/techn")
    expect(ada.page.get_by_role("option", name="Technician at ten")).to_be_visible()
    field.press("Enter")
    send(ada.page, "Hello Ria Row, a technician tightens it at ten.", "close as solved", is_there=True)
    assert done(manager.get(f"/canned-replies/{kept}"))["uses"] == 1
    expect(ada.page.get_by_role("button", name="Reopen")).to_be_visible()
    assert student.read(tickets[0])["status"] == "closed"
    ada.page.get_by_role("heading", level=1).click()
    ada.page.keyboard.press("j")
    expect_ticket(ada.page, tickets[1])
    send(ada.page, "And this one too.", "go to the next")
    expect_ticket(ada.page, tickets[2])
    assert [one["body"] for one in student.walk(f"/tickets/{tickets[1]}/messages")] == ["And this one too."]
    ada.page.go_back()
    expect(ada.page).to_have_url(re.compile("/queue"))
    expect(row(ada.page, tickets[2])).to_be_visible()


def expect_ticket(page: Page, number: int) -> None:
    expect(page).to_have_url(re.compile(rf"/ticket\?id={number}$"))
    expect(page.get_by_role("paragraph").filter(has_text=re.compile(rf"^#{number}$"))).to_be_visible()
    expect(page).to_have_title(re.compile(rf"#{number} The radiator of room \d ticks"))
    settled(page)


def see_each_other(ada: Page, ben: Page) -> None:
    for page, name in ((ada, "Ben Ito"), (ben, "Ada Okafor")):
        expect(page.get_by_text(f"{name} is looking at this.")).to_be_visible()
    ben.get_by_label("Your answer").press_sequentially("I am on")
    expect(ada.get_by_text("Ben Ito is writing.")).to_be_visible()


def send(page: Page, text: str, way: str, *, is_there: bool = False) -> None:
    field = page.get_by_label("Your answer")
    expect(field).to_be_in_viewport()
    if is_there:
        expect(field).to_have_value(text)
    else:
        field.fill(text)
    if way != "go to the next":
        page.get_by_role("button", name="More options").click()
    page.get_by_role("button", name=f"Send and {way}").click()
    if way != "go to the next":
        expect(message(page, text)).to_be_visible()
