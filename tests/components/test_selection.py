"""Selecting tickets in the queue's table: by pointer, by keyboard and by touch, and what the bar makes of it."""

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.components.bare import DESK, Bare, Told
from tests.components.conftest import Opener
from tests.components.test_queue_parts import edge, link, table, with_assignees
from tests.support.browser import PHONE

pytestmark = pytest.mark.second_try

ACTS = [{"name": "assign", "label": "Assign"}, {"name": "close", "label": "Close as solved"}]


def selectable(*numbers: int, total: int | None = None, **more: Any) -> dict[str, Any]:
    """A page of the list with boxes. `more` is of the selection."""
    selection = {
        "owner": "1",
        "acts": ACTS,
        "total": total or len(numbers),
        "capped": False,
        "most": 1000,
        "given": None,
    }
    return table(*numbers) | {"selection": selection | more}


@pytest.fixture
def part(bare: Opener) -> Bare:
    drawn = bare("ticket_table")
    drawn.draw(**selectable(*range(1, 7), total=312))
    return drawn


def box(part: Bare, number: int) -> Locator:
    return part.page.get_by_role("checkbox", name=f"Select #{number} ")


PRESS = """(row) => {
  row.dispatchEvent(new PointerEvent("pointerdown", { pointerType: "touch", bubbles: true, composed: true }));
}"""


def bar(part: Bare) -> Locator:
    return part.page.get_by_role("region", name="Selected tickets")


def selected(part: Bare) -> list[int]:
    boxes = part.page.locator("tbody input").all()
    return [number for number, one in enumerate(boxes, 1) if one.is_checked()]


def test_a_box_selects_and_moves_nothing(part: Bare) -> None:
    places = [edge(link(part, number)) for number in (1, 6)]
    top = link(part, 6).evaluate("(one) => one.getBoundingClientRect().top")
    expect(bar(part)).to_be_hidden()
    box(part, 2).click()
    assert selected(part) == [2]
    expect(bar(part)).to_contain_text("1 ticket selected")
    expect(part.page.get_by_role("status")).to_have_text("1 ticket selected")
    assert part.page.url == f"{DESK}/page", "the row is not opened"
    assert [edge(link(part, number)) for number in (1, 6)] == places
    assert link(part, 6).evaluate("(one) => one.getBoundingClientRect().top") == top
    box(part, 2).click()
    expect(bar(part)).to_be_hidden()
    expect(part.page.get_by_role("status")).to_have_text("Nothing is selected")


def test_shift_selects_a_range(part: Bare) -> None:
    box(part, 5).click()
    box(part, 2).click(modifiers=["Shift"])
    assert selected(part) == [2, 3, 4, 5]
    box(part, 4).click(modifiers=["Shift"])
    assert selected(part) == [5], "and takes one back"


def test_by_keyboard(part: Bare) -> None:
    keys = part.page.keyboard
    for key in ("j", "x", "j", "j", "Shift+X"):
        keys.press(key)
    assert selected(part) == [1, 2, 3]
    keys.press("j")
    keys.press("Space")
    assert selected(part) == [1, 2, 3, 4]
    keys.press("Tab")
    expect(link(part, 5)).to_be_focused()
    keys.press("Escape")
    assert selected(part) == []
    part.page.evaluate("addEventListener('keydown', (event) => { window.isTaken = event.defaultPrevented; })")
    keys.press("Escape")
    assert part.page.evaluate("isTaken") is False, "it leads back now"


def test_tab_goes_from_row_to_row_past_what_has_a_key(part: Bare) -> None:
    part.draw(**with_assignees(1, 2) | {"selection": selectable()["selection"]})
    for key in ("j", "Tab"):
        part.page.keyboard.press(key)
    expect(link(part, 2)).to_be_focused()
    part.draw(**with_assignees(1, 2))
    for key in ("k", "Tab"):
        part.page.keyboard.press(key)
    expect(part.page.get_by_role("button", name="assign #1")).to_be_focused()


def test_no_key_selects_while_somebody_types(part: Bare) -> None:
    part.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<input>')")
    box(part, 1).click()
    part.page.locator("body > input").focus()
    part.page.keyboard.press("x")
    part.page.keyboard.press("Escape")
    assert selected(part) == [1]


def test_all_on_the_page_then_all_that_the_filter_finds(part: Bare) -> None:
    box(part, 3).click()
    whole = part.page.get_by_role("checkbox", name="Select all on this page")
    assert whole.evaluate("(one) => one.indeterminate")
    bar(part).get_by_role("button", name="All 6 on this page").click()
    assert selected(part) == [1, 2, 3, 4, 5, 6]
    expect(whole).to_be_checked()
    bar(part).get_by_role("button", name="All 312 that the filter finds").click()
    assert part.told() == [Told("trigger", "act", {"name": "all", "ids": []})]
    given = {"token": "a", "ids": list(range(1, 313))}
    part.draw(**selectable(*range(1, 7), total=312, given=given))
    expect(bar(part)).to_contain_text("312 tickets selected, 306 of them not on this page")
    expect(bar(part).get_by_role("button")).to_have_text(["Clear", "Assign", "Close as solved"])
    bar(part).get_by_role("button", name="Clear").click()
    part.draw(**selectable(*range(1, 7), total=312, given=given))
    assert selected(part) == [], "what was given once is not given again"


@pytest.mark.parametrize(
    ("total", "capped", "label"),
    [(3214, False, "The first 1,000 of 3,214"), (10_000, True, "The first 1,000 of more than 10,000")],
)
def test_a_list_of_too_many_is_cut_off_and_says_so(part: Bare, total: int, capped: bool, label: str) -> None:
    part.draw(**selectable(1, 2, total=total, capped=capped))
    part.page.get_by_role("checkbox", name="Select all on this page").click()
    expect(bar(part).get_by_role("button", name=label)).to_be_visible()


def test_more_than_can_be_changed_at_once(part: Bare) -> None:
    part.draw(**selectable(*range(1, 7), most=2))
    for number in (1, 2, 3):
        box(part, number).click()
    expect(bar(part)).to_contain_text("At most 2 can be changed at once")
    expect(bar(part).get_by_role("button", name="Assign")).to_be_disabled()


def test_it_outlives_redraws_pages_and_visits_of_others(part: Bare) -> None:
    box(part, 2).click()
    box(part, 5).click()
    part.draw(**selectable(7, 5, 3, 2))
    assert selected(part) == [2, 4], "by their numbers, not by their places"
    part.draw(**selectable(20, 21))
    expect(bar(part)).to_contain_text("2 tickets selected, none of them on this page")
    part.open()
    part.draw(**selectable(1, 2))
    assert selected(part) == [2]
    part.draw(**selectable(1, 2, owner="2"))
    assert selected(part) == [], "somebody else in this tab has selected nothing"


def test_an_act_gets_what_is_selected(part: Bare) -> None:
    box(part, 2).click()
    box(part, 5).click()
    button = bar(part).get_by_role("button", name="Close as solved")
    button.focus()
    part.draw(**selectable(*range(1, 7), total=313))
    expect(button).to_be_focused()
    button.press("Enter")
    assert part.told() == [Told("trigger", "act", {"name": "close", "ids": [2, 5]})]
    expect(bar(part).get_by_role("button", name="Assign")).to_have_attribute("data-key", "a")


def test_on_a_phone_the_box_or_a_long_press(bare: Opener) -> None:
    part = bare("ticket_table", size=PHONE)
    part.draw(**selectable(*range(1, 7)))
    part.page.get_by_role("row").nth(2).evaluate(PRESS)
    assert selected(part) == []
    part.pass_time(500)
    assert len(selected(part)) == 1
    part.page.get_by_role("row").filter(has=box(part, selected(part)[0])).get_by_role("link").evaluate(
        "(one) => one.click()"
    )
    assert part.page.url == f"{DESK}/page", "the finger that is lifted opens nothing"
    box(part, 5).click()
    assert len(selected(part)) == 2
    assert part.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    place = bar(part).bounding_box()
    assert place
    assert place["y"] + place["height"] <= PHONE["height"]
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= PHONE["width"]
