"""Ten tickets of one outage, handled like one, by keyboard and with the mouse."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Opener
from tests.journeys.window import choose, row, settled
from tests.support.api import Api
from tests.support.looks import WCAG_2_2_AA, found_by_axe

pytestmark = pytest.mark.second_try


def test_tickets_are_selected_assigned_and_closed_together(visit: Opener, api: Api) -> None:
    student, agent = api.enter("student", "Olu Outage"), api.enter("agent", "Kim Many")
    numbers = [student.report(f"The outage in room {room}")["id"] for room in range(5)]
    page = visit("agent", "Kim Many").open("queue", q="outage in room")
    bar = page.get_by_role("region", name="Selected tickets")
    page.keyboard.press("j")
    expect(row(page, numbers[4]).get_by_role("link")).to_be_focused()
    page.keyboard.press("x")
    expect(bar).to_contain_text("1 ticket selected")
    for key in ("j", "j", "Shift+X"):
        page.keyboard.press(key)
    expect(bar).to_contain_text("3 tickets selected")
    settled(page)
    student.report("The outage in room 9")
    expect(page.get_by_role("row")).to_have_count(7)
    expect(bar).to_contain_text("3 tickets selected")
    settled(page)

    page.keyboard.press("a")
    dialog = page.get_by_role("dialog")
    choose(page, "Assign to", "Me (Kim Many)")
    expect(dialog).to_contain_text("This changes 3 tickets")
    agent.edit(numbers[4], priority="urgent")
    dialog.get_by_role("button", name="Change 3 tickets").click()
    expect(dialog).to_contain_text("2 tickets were changed")
    expect(dialog).to_contain_text("1 was refused: changed by somebody else meanwhile")
    assert found_by_axe(page, WCAG_2_2_AA) == []
    dialog.get_by_role("button", name="Select the refused ones").click()
    expect(bar).to_contain_text("1 ticket selected")
    expect(row(page, numbers[4]).get_by_role("checkbox")).to_be_checked()
    expect(row(page, numbers[3])).to_contain_text("Kim Many")
    settled(page)

    page.get_by_role("checkbox", name="Select all on this page").check()
    settled(page)
    bar.get_by_role("button", name="Close as solved").click()
    dialog.get_by_role("button", name="Change 6 tickets").click()
    expect(dialog).to_contain_text("6 tickets were changed")
    dialog.get_by_role("button", name="Done").click()
    expect(page.get_by_role("cell", name="Closed", exact=True)).to_have_count(6)
    expect(bar).to_be_hidden()
    assert {agent.read(number)["status"] for number in numbers} == {"closed"}
