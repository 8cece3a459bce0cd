"""The parts of the queue: its table by pointer and keyboard, on a large screen and a phone; the chips of its filters;
and its views with their counts."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.components.bare import DESK, Bare, Told
from tests.components.conftest import Opener
from tests.support.browser import PHONE

pytestmark = pytest.mark.second_try

COLUMNS = [
    {"label": "Requester", "size": "medium", "explains_itself": False},
    {"label": "Priority", "size": "short", "explains_itself": True},
    {"label": "Last word", "size": "long", "explains_itself": False},
]


def ticket(number: int, title: str = "The lift is stuck.") -> dict[str, Any]:
    cells = [["Mia Rossi", "", ""], ["Urgent", "red", ""], ["2 h · Mia Rossi", "", "Our turn"]]
    return {"id": number, "title": title, "marks": [], "cells": cells}


def table(*numbers: int, page: int = 1, is_dense: bool = True) -> dict[str, Any]:
    return {
        "label": "Tickets",
        "said": f"{len(numbers)} tickets",
        "legend": "Our turn",
        "page": page,
        "dense": is_dense,
        "columns": COLUMNS,
        "rows": [ticket(number) for number in numbers],
    }


def link(part: Bare, number: int) -> Locator:
    return part.page.get_by_role("link", name=re.compile(rf"^#{number} "))


def test_it_is_a_table_with_aligned_columns(bare: Opener) -> None:
    part = bare("ticket_table")
    data = table(1, 2)
    data["rows"][0]["title"] = "A title that is far too long for its column, and for any column at all. " * 3
    part.draw(**data)
    shown = part.page.get_by_role("table", name="Tickets")
    heads = shown.get_by_role("columnheader")
    expect(heads).to_have_text(["Ticket", "Requester", "Priority", "Last word"])
    left = [edge(heads.nth(place)) for place in range(4)]
    for number in (1, 2):
        cells = shown.get_by_role("row").nth(number).get_by_role("cell")
        assert [edge(cells.nth(place)) for place in range(4)] == left
    heights = [height(shown.get_by_role("row").nth(number)) for number in (1, 2)]
    assert heights[0] == heights[1] < 36, "one line a ticket"
    expect(shown.get_by_role("img", name="Our turn")).to_have_count(2)
    part.draw(**table(1, 2, is_dense=False))
    assert height(shown.get_by_role("row").nth(1)) > heights[0] + 8


def edge(one: Locator) -> float:
    return float(one.evaluate("(one) => one.getBoundingClientRect().left"))


def height(one: Locator) -> float:
    return float(one.evaluate("(one) => one.getBoundingClientRect().height"))


def test_a_click_anywhere_on_a_row_opens_its_ticket(bare: Opener) -> None:
    part = bare("ticket_table")
    part.draw(**table(1, 2))
    place = part.page.get_by_role("cell", name="Mia Rossi", exact=True).last
    with part.page.context.expect_page():
        place.click(modifiers=["Control"], force=True)
    assert part.page.url == f"{DESK}/page"
    place.click(force=True)
    assert part.page.url == f"{DESK}/ticket?id=2"


def test_what_is_drawn_anew_under_a_press_is_clicked_all_the_same(bare: Opener) -> None:
    part = bare("ticket_table")
    data = with_assignees(1, 2)

    def press(place: Locator, after: dict[str, Any]) -> None:
        part.draw(**data)
        place.hover()
        part.page.mouse.down()
        part.draw(**after)
        part.page.mouse.up()

    button = part.page.get_by_role("button", name="assign #2")
    press(button, with_assignees(3, 2))
    assert part.told() == [Told("trigger", "assign", 2)]
    press(button, with_assignees(3, 4))
    assert part.told() == [Told("trigger", "assign", 2)], "another ticket is there now"
    press(link(part, 2), with_assignees(3, 2))
    part.page.wait_for_url(f"{DESK}/ticket?id=2")


def with_assignees(*numbers: int) -> dict[str, Any]:
    """The table with a column of assignees, whose cells are buttons."""
    data = table(*numbers)
    columns = [*COLUMNS, {"label": "Assignee", "size": "medium", "explains_itself": True}]
    lines = [row | {"cells": [*row["cells"], ["→ Ben Ott", "", "", 1]]} for row in data["rows"]]
    return data | {"assigns": True, "columns": columns, "rows": lines}


@pytest.mark.parametrize("size", [None, PHONE], ids=["laptop", "phone"])
def test_a_press_of_the_assignee_assigns_and_opens_nothing(bare: Opener, size: Any) -> None:
    part = bare("ticket_table", size=size) if size else bare("ticket_table")
    part.draw(**with_assignees(1, 2))
    part.page.get_by_role("button", name="→ Ben Ott, assign #2").click()
    assert part.told() == [Told("trigger", "assign", 2)]
    assert part.page.url == f"{DESK}/page"


def test_a_redraw_leaves_the_focus_at_the_assignee_or_in_its_row(bare: Opener) -> None:
    part = bare("ticket_table")
    part.draw(**with_assignees(1, 2))
    button = part.page.get_by_role("button", name="assign #2")
    button.focus()
    newer = with_assignees(1, 2) | {"said": "2 tickets, as they are now"}
    part.draw(**newer)
    expect(button).to_be_focused()
    newer["rows"][1]["cells"][-1][0] = "→ Ada Okafor"
    part.draw(**newer)
    expect(link(part, 2)).to_be_focused()


def test_a_key_assigns_the_ticket_that_has_the_focus(bare: Opener) -> None:
    part = bare("ticket_table")
    part.draw(**with_assignees(1, 2))
    part.page.keyboard.press("a")
    assert part.told() == [], "none has it"
    for key in ("j", "j", "Control+a", "a"):
        part.page.keyboard.press(key)
    assert part.told() == [Told("trigger", "assign", 2)]
    part.draw(**with_assignees(1, 2) | {"assigns": False})
    part.page.keyboard.press("a")
    assert len(part.told()) == 1, "who may not assign has no such key"


def test_a_phone_shows_cards(bare: Opener) -> None:
    part = bare("ticket_table", size=PHONE)
    part.draw(**table(1, 2))
    assert part.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    row = part.page.get_by_role("row").filter(has=link(part, 2))
    expect(row.get_by_text("Last word")).to_be_visible()
    cells = row.get_by_role("cell")
    assert edge(cells.nth(0)) == edge(cells.nth(1)), "what the columns hold is under the title"
    part.page.set_viewport_size({"width": 1280, "height": 800})
    expect(row.get_by_text("Last word")).not_to_be_visible()


def test_j_and_k_move_from_row_to_row(bare: Opener) -> None:
    part = bare("ticket_table")
    part.draw(**table(*range(1, 60)))
    keys = part.page.keyboard
    keys.press("j")
    expect(link(part, 1)).to_be_focused()
    for key, focused in (("j", 2), ("ArrowDown", 3), ("k", 2), ("ArrowUp", 1), ("k", 1), ("Control+j", 1)):
        keys.press(key)
        expect(link(part, focused)).to_be_focused()
    for _ in range(80):
        keys.press("j")
    expect(link(part, 59)).to_be_focused()
    expect(link(part, 59)).to_be_in_viewport()
    keys.press("Enter")
    assert part.page.url == f"{DESK}/ticket?id=59"


@pytest.mark.parametrize("field", ["<input>", "<textarea></textarea>", "<div contenteditable>x</div>"])
def test_nothing_happens_while_somebody_types(bare: Opener, field: str) -> None:
    part = bare("ticket_table")
    part.draw(**table(1, 2))
    part.page.evaluate("(field) => document.body.insertAdjacentHTML('beforeend', field)", field)
    box = part.page.locator("body > :last-child")
    box.focus()
    part.page.keyboard.type("jk")
    expect(box).to_be_focused()


def test_the_arrow_keys_scroll_the_page_outside_of_the_table(bare: Opener) -> None:
    part = bare("ticket_table")
    part.draw(**table(1, 2))
    part.page.keyboard.press("ArrowDown")
    expect(link(part, 1)).not_to_be_focused()


def test_letters_do_nothing_where_keys_are_off(bare: Opener) -> None:
    part = bare("ticket_table")
    part.draw(**table(1, 2))
    part.page.evaluate("localStorage.setItem('lodge-keys-off', 'yes')")
    part.page.keyboard.press("j")
    expect(link(part, 1)).not_to_be_focused()
    link(part, 1).focus()
    part.page.keyboard.press("ArrowDown")
    expect(link(part, 2)).to_be_focused()


def test_no_key_acts_while_a_dialog_is_open(bare: Opener) -> None:
    part = bare("ticket_table")
    part.draw(**table(1, 2))
    part.page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<div role=dialog><button>Keep it</button></div>')"
    )
    part.page.get_by_role("button", name="Keep it").focus()
    part.page.keyboard.press("j")
    expect(part.page.get_by_role("button", name="Keep it")).to_be_focused()


def test_the_row_that_was_opened_is_found_after_back(bare: Opener) -> None:
    part = bare("ticket_table")
    data = table(*range(1, 51))
    part.draw(**data)
    link(part, 40).click()
    part.remove()
    part.page.evaluate("scrollTo(0, 0)")
    part.page.go_back()
    part.draw(**data)
    expect(link(part, 40)).to_be_in_viewport()
    expect(link(part, 40)).to_be_focused()
    expect(link(part, 40)).to_have_attribute("aria-current", "true")
    part.page.keyboard.press("j")
    expect(link(part, 41)).to_be_focused()


def test_the_focus_stays_on_its_ticket_and_the_next_page_begins_at_its_top(bare: Opener) -> None:
    part = bare("ticket_table")
    part.draw(**table(*range(1, 60)))
    link(part, 50).focus()
    part.draw(**table(*range(0, 60)))
    expect(link(part, 50)).to_be_focused()
    part.draw(**table(*range(100, 160), page=2))
    expect(part.page.get_by_role("columnheader").first).to_be_in_viewport()


def test_a_chip_is_removed_and_the_focus_goes_to_the_next(bare: Opener) -> None:
    part = bare("filter_chips")
    chips = [{"name": "status", "text": "Status: Open"}, {"name": "tag", "text": "Tag: lift"}]
    part.draw(chips=chips, acts=[{"name": "clear", "label": "Clear all"}])
    button = part.page.get_by_role("button", name="Remove Status: Open")
    button.focus()
    part.page.keyboard.press("Enter")
    assert part.told() == [Told("trigger", "remove", "status")]
    part.draw(chips=chips[1:], acts=[{"name": "clear", "label": "Clear all"}])
    expect(part.page.get_by_role("button", name="Remove Tag: lift")).to_be_focused()
    part.page.get_by_role("button", name="Clear all").click()
    assert part.told()[1:] == [Told("trigger", "act", "clear")]


LINKS = [
    {"key": "mine", "name": "Mine", "href": "queue?view=mine", "note": "", "is_current": True},
    {"key": "7", "name": "Library", "href": "queue?view=7", "note": "Vera View", "is_current": False},
]


def test_views_have_counts_that_follow_what_changes(bare: Opener) -> None:
    part = bare("views")
    told = [
        [{"view": "mine", "total": 3, "capped": False}, {"view": 7, "total": 999, "capped": True}],
        [{"view": "mine", "total": 4, "capped": False}, {"view": 7, "total": None, "capped": True}],
    ]
    asked: list[str] = []

    def answer(route: Route) -> None:
        route.fulfill(json={"counts": told[min(len(asked), 1)]})
        asked.append(route.request.url)

    part.page.route(f"{DESK}/views/counts", answer)
    part.draw(links=LINKS)
    with part.page.expect_response("**/views/counts"):
        part.pass_time(10)
    items = part.page.get_by_role("list", name="Views").get_by_role("listitem")
    expect(items).to_have_text(["Mine3", "LibraryVera View999+"])
    expect(part.page.get_by_role("link", name="Mine")).to_have_attribute("aria-current", "page")
    part.draw(links=LINKS)
    part.pass_time(9_000)
    assert len(asked) == 1, "a redraw of the page asks for nothing"
    for _ in range(20):
        part.page.evaluate("window.dispatchEvent(new Event('lodge-changed'))")
    with part.page.expect_response("**/views/counts"):
        part.pass_time(1_500)
    expect(items).to_have_text(["Mine4", "LibraryVera View"])
    assert len(asked) == 2


def test_counts_that_cannot_be_had_are_left_out(bare: Opener) -> None:
    part = bare("views")
    part.page.route(f"{DESK}/views/counts", lambda route: route.fulfill(status=204))
    part.draw(links=LINKS)
    with part.page.expect_response("**/views/counts"):
        part.pass_time(10)
    part.page.get_by_role("link", name="Library").click()
    assert part.page.url == f"{DESK}/queue?view=7"
