"""The board: cards are moved by mouse, by touch, by keys and in a menu; each move is shown at once and sent in order;
and news take nothing out of anybody's hand."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.components.bare import DESK, Bare, Told
from tests.components.conftest import Opener
from tests.support.browser import PHONE

pytestmark = pytest.mark.second_try

LONG_PRESS_MS, LEAST_SHOWN_MS, LONGEST_SHOWN_MS = 400, 5_000, 25_000
STAGES = [
    {"stage": "to-do", "name": "To do", "status": "open"},
    {"stage": "in-progress", "name": "In progress", "status": "active"},
    {"stage": "pending", "name": "Pending", "status": "active"},
    {"stage": "completed", "name": "Completed", "status": "closed"},
]
# Of the elements of the component.
COUNT_CHANGES = """
    window.changed = 0;
    const place = document.querySelector("#root").lastElementChild.shadowRoot;
    const everything = { subtree: true, childList: true, characterData: true, attributes: true };
    new MutationObserver((all) => { changed += all.length; }).observe(place, everything);
"""
ALLOWED = {"open": ["active"], "active": ["closed"], "closed": ["active"]}


def card(number: int, stage: str, **fields: Any) -> dict[str, Any]:
    status = next(one["status"] for one in STAGES if one["stage"] == stage)
    return {
        "id": number,
        "version": 1,
        "title": f"Problem {number}",
        "priority": ["Normal", "quiet"],
        "is_ordinary": True,
        "marks": [],
        "requester": "Mia Rossi",
        "age": "2 h",
        "assignee": None,
        "assignee_text": "Unassigned",
        "team": "",
        "word": "2 h · Mia Rossi",
        "sign": "Our turn",
        "allowed": ALLOWED[status],
        "order": [2, number],
        **fields,
    }


def board(
    cards: Mapping[str, Sequence[int | dict[str, Any]]], *, asked_at: float = 0, **columns: dict[str, Any]
) -> dict[str, Any]:
    """What Python gives the component. `columns` are further values of a column, by its stage."""
    drawn = []
    for stage in STAGES:
        slug = stage["stage"]
        shown = [one if isinstance(one, dict) else card(one, slug) for one in cards.get(slug, [])]
        column = {"count": len(shown), "count_capped": False, "limit": None, "has_more": False, "tone": "blue"}
        drawn.append(stage | column | {"cards": shown} | columns.get(slug.replace("-", "_"), {}))
    me = {"id": 7, "name": "Ada Okafor"}
    return {"columns": drawn, "stages": STAGES, "me": me, "asked_at": asked_at, "query": "{}", "pages": {}}


class Desk:
    """Answers what the board sends. `is_held` keeps answers back; `refusals` are given first."""

    def __init__(self, part: Bare) -> None:
        self.part = part
        self.asked: list[dict[str, Any]] = []
        self.refusals: list[dict[str, Any]] = []
        self.is_held = False
        self.held: list[Route] = []
        part.page.route(f"{DESK}/board/changes", self._come)

    def _come(self, route: Route) -> None:
        self.asked.append(json.loads(route.request.post_data or ""))
        if self.is_held:
            self.held.append(route)
        else:
            self._answer(route, self.asked[-1])

    def let_go(self) -> None:
        """Answers the request that is held."""
        self._answer(self.held.pop(0), self.asked[-1])

    def _answer(self, route: Route, asked: dict[str, Any]) -> None:
        if self.refusals:
            route.fulfill(json={"ticket": None, "faster": None, "at": 1} | self.refusals.pop(0))
        else:
            route.fulfill(json={"ticket": ticket(asked), "problem": "", "faster": None, "at": 1})

    def wait(self, number: int) -> list[dict[str, Any]]:
        """Until so many changes were sent. The browser's own events come while it is asked something."""
        for _ in range(200):
            if len(self.asked) >= number:
                return self.asked
            self.part.page.evaluate("new Promise((done) => queueMicrotask(done))")
        raise AssertionError(self.asked)


ASKED = {"despite_blockers": False}


def ticket(asked: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """The ticket after the change."""
    stage = asked["wanted"] if asked["field"] == "stage" else "to-do"
    status = next(one["status"] for one in STAGES if one["stage"] == stage)
    assignee = asked["wanted"] if asked["field"] == "assignee" else None
    name = "Ada Okafor" if assignee else ""
    found = {"version": asked["version"] + 1, "stage": stage, "allowed": ALLOWED[status]}
    return found | {"assignee": assignee, "assignee_name": name} | fields


def column(part: Bare, name: str) -> Locator:
    return part.page.get_by_role("region", name=name)


def cards_in(part: Bare, name: str) -> list[str]:
    titles: list[str] = column(part, name).locator(".number").all_inner_texts()
    return titles


def link(part: Bare, number: int) -> Locator:
    return part.page.get_by_role("link", name=f"#{number} ")


def centre(one: Locator) -> tuple[float, float]:
    box = one.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + min(box["height"] / 2, 200)


def drag(part: Bare, number: int, to: str, *, drops: bool = True) -> None:
    mouse = part.page.mouse
    mouse.move(*centre(link(part, number)))
    mouse.down()
    mouse.move(*centre(column(part, to)), steps=4)
    if drops:
        mouse.up()


def alert(part: Bare) -> Locator:
    return part.page.get_by_role("alert")


def test_columns_are_lists_with_counts_and_cards_have_names(bare: Opener) -> None:
    part = bare("board")
    urgent = card(1, "to-do", priority=["Urgent", "red"], marks=[{"text": "Confidential", "tone": "amber"}], team="IT")
    data = board(
        {"to-do": [urgent, 2], "in-progress": [3]},
        to_do={"limit": 10, "count": 12, "has_more": True},
        in_progress={"limit": 3},
        completed={"count": 1000, "count_capped": True},
    )
    part.draw(**data)
    heads = part.page.get_by_role("heading", level=2)
    expect(heads).to_have_text(
        ["To do 12 of 10, over the limit", "In progress 1 of 3", "Pending 0", "Completed 1,000+"]
    )
    expect(part.page.locator(".over h2")).to_have_text("To do 12 of 10, over the limit")
    expect(part.page.get_by_role("list", name="To do: 12 of 10, over the limit")).to_be_visible()
    item = part.page.get_by_role("listitem", name="#1 Problem 1")
    for words in ("Urgent", "Confidential", "Mia Rossi", "2 h", "Unassigned", "IT"):
        expect(item).to_contain_text(words)
    expect(item.get_by_role("img", name="Our turn")).to_be_visible()
    expect(column(part, "Pending").get_by_text("No tickets")).to_be_visible()


def test_a_card_that_is_dragged_moves_at_once_and_a_click_opens_it(bare: Opener) -> None:
    part = bare("board")
    desk = Desk(part)
    desk.is_held = True
    part.draw(**board({"to-do": [1, 2, 3], "in-progress": [4]}))
    drag(part, 2, "In progress", drops=False)
    expect(part.page.locator(".ghost")).to_be_visible()
    expect(column(part, "Completed")).to_have_class("is-refusing")
    part.page.mouse.up()
    assert cards_in(part, "In progress") == ["#2", "#4"], "by priority and age"
    assert cards_in(part, "To do") == ["#1", "#3"]
    assert desk.wait(1) == [
        {"ticket": 2, "field": "stage", "wanted": "in-progress", "version": 1, "seen": "to-do", **ASKED}
    ]
    # What the page read before is no reason to move it back.
    part.draw(**board({"to-do": [1, 2, 3], "in-progress": [4]}))
    assert cards_in(part, "In progress") == ["#2", "#4"]
    desk.let_go()
    expect(part.page.get_by_role("status")).to_have_text("#2 moved to In progress.")
    part.draw(**board({"to-do": [1, 2, 3], "in-progress": [4]}))
    assert cards_in(part, "In progress") == ["#2", "#4"]
    # What somebody else did after it counts.
    part.draw(**board({"to-do": [1, 3], "in-progress": [4], "pending": [card(2, "pending", version=3)]}))
    assert cards_in(part, "Pending") == ["#2"]

    drag(part, 1, "Pending", drops=False)
    part.page.keyboard.press("Escape")
    part.page.mouse.up()
    assert cards_in(part, "To do") == ["#1", "#3"]
    with part.page.context.expect_page():
        link(part, 1).click(modifiers=["Control"])
    assert part.page.url == f"{DESK}/page"
    part.pass_time(LONG_PRESS_MS)
    link(part, 1).click()
    assert part.page.url == f"{DESK}/ticket?id=1"
    assert len(desk.asked) == 1


def test_a_refused_move_goes_back_with_the_reason(bare: Opener) -> None:
    part = bare("board")
    desk = Desk(part)
    desk.refusals = [{"problem": "Ticket 1 is open and cannot become closed; you may move it to active."}]
    part.draw(**board({"to-do": [1, 2]}))
    drag(part, 1, "Completed")
    expect(alert(part)).to_contain_text("#1 was not moved: Ticket 1 is open and cannot become closed")
    assert cards_in(part, "To do") == ["#1", "#2"]
    part.pass_time(LEAST_SHOWN_MS)
    expect(alert(part)).to_contain_text("#1 was not moved")
    part.page.mouse.move(0, 0)
    part.pass_time(LONGEST_SHOWN_MS)
    expect(alert(part)).to_be_empty()

    now = ticket({"field": "stage", "wanted": "pending", "version": 4})
    faster = {"name": "Maja <b>Weber</b>", "to": "pending"}
    desk.refusals = [{"problem": "Somebody else was faster.", "faster": faster, "ticket": now}]
    drag(part, 2, "In progress")
    expect(alert(part)).to_contain_text("#2 was not moved: Maja <b>Weber</b> moved it to Pending a moment ago.")
    assert cards_in(part, "Pending") == ["#2"], "what is true now"
    alert(part).get_by_role("button", name="Dismiss").click()
    expect(alert(part)).to_be_empty()


def test_moves_in_quick_succession_are_sent_in_order(bare: Opener) -> None:
    """Also when the page is left meanwhile. The second move of a card begins where the first has led."""
    part = bare("board")
    desk = Desk(part)
    desk.is_held = True
    part.draw(**board({"to-do": [1, 2, 3]}))
    drag(part, 1, "In progress")
    drag(part, 2, "Pending")
    drag(part, 1, "Completed")
    assert (cards_in(part, "Completed"), cards_in(part, "Pending")) == (["#1"], ["#2"])
    assert len(desk.wait(1)) == 1
    desk.let_go()
    assert desk.wait(2)[1]["ticket"] == 2
    part.remove()
    desk.let_go()
    third = {"ticket": 1, "field": "stage", "wanted": "completed", "version": 2, "seen": "in-progress", **ASKED}
    assert desk.wait(3)[2] == third
    desk.let_go()
    assert part.page.evaluate("document.querySelectorAll('*').length") > 0


def test_closing_can_be_undone(bare: Opener) -> None:
    part = bare("board")
    desk = Desk(part)
    part.draw(**board({"in-progress": [1], "completed": [2, 3]}))
    drag(part, 1, "Completed")
    undo = part.page.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    assert cards_in(part, "Completed") == ["#1", "#2", "#3"], "the latest first"
    undo.click()
    assert cards_in(part, "In progress") == ["#1"]
    back = {"ticket": 1, "field": "stage", "wanted": "in-progress", "version": 2, "seen": "completed", **ASKED}
    assert desk.wait(2)[1] == back
    expect(part.page.get_by_role("status")).to_have_text("#1 moved to In progress.")
    # So can reopening.
    expect(undo).to_be_visible()
    part.page.mouse.move(0, 0)
    part.page.evaluate("document.activeElement.blur()")
    part.pass_time(LONGEST_SHOWN_MS)
    expect(undo).to_have_count(0)


def test_closing_is_undone_of_a_card_that_the_filters_leave_out(bare: Opener) -> None:
    part = bare("board")
    desk = Desk(part)
    filtered = board({"in-progress": [1, 2]})
    filtered["columns"] = [one for one in filtered["columns"] if one["status"] != "closed"]
    part.draw(**filtered)
    link(part, 1).focus()
    for key in ("m", "c", "Enter"):
        part.page.keyboard.press(key)
    undo = part.page.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    later = board({"in-progress": [2]}, asked_at=1_000)
    part.draw(**later | {"columns": [one for one in later["columns"] if one["status"] != "closed"]})
    undo.click()
    back = {"ticket": 1, "field": "stage", "wanted": "in-progress", "version": 2, "seen": "completed", **ASKED}
    assert desk.wait(2)[1] == back


def test_a_card_that_is_moved_behind_the_shown_ones_stays_for_a_while(bare: Opener) -> None:
    """Whoever moves it on by keys must not move another one. It is counted once."""
    part = bare("board")
    desk = Desk(part)
    goes_on = {"count": 30, "has_more": True}
    part.draw(**board({"to-do": [card(99, "to-do")], "in-progress": [1, 2]}, in_progress=goes_on))
    link(part, 99).focus()
    part.page.keyboard.press("Shift+ArrowRight")
    expect(part.page.get_by_role("status")).to_have_text("#99 moved to In progress.")
    counted = {"in_progress": {**goes_on, "count": 31}}
    part.draw(**board({"in-progress": [1, 2]}, asked_at=2, **counted))
    assert cards_in(part, "In progress") == ["#1", "#2", "#99"]
    expect(column(part, "In progress").get_by_role("heading")).to_have_text("In progress 31")
    expect(link(part, 99)).to_be_focused()
    part.page.keyboard.press("Shift+ArrowRight")
    assert desk.wait(2)[1] | {"ticket": 99, "wanted": "pending", "seen": "in-progress", "version": 2} == desk.asked[1]
    part.draw(**board({"in-progress": [1, 2]}, asked_at=60, in_progress=goes_on, pending=goes_on))
    assert cards_in(part, "Pending") == []


def test_news_leave_alone_what_somebody_holds_or_reads(bare: Opener) -> None:
    """Nobody loses the focus, a scrolled column or an open menu, and only cards that differ are drawn again."""
    part = bare("board")
    desk = Desk(part)
    many: list[int | dict[str, Any]] = [*range(1, 41)]
    part.draw(**board({"to-do": [*many], "in-progress": [50]}))
    scroller = column(part, "To do").locator(".scroller")
    scroller.evaluate("(one) => { one.scrollTop = 600; }")
    part.page.evaluate(COUNT_CHANGES)
    part.draw(**board({"to-do": [*many], "in-progress": [50]}))
    assert part.page.evaluate("changed") == 0

    link(part, 30).focus()
    news: list[int | dict[str, Any]] = [60, *many[:3], card(5, "to-do", age="3 h"), *many[5:]]
    part.draw(**board({"to-do": [*news], "in-progress": [50, 4]}))
    expect(link(part, 30)).to_be_focused()
    assert part.page.evaluate("changed") < 30
    expect(part.page.get_by_role("listitem", name="#5 Problem")).to_contain_text("3 h")

    part.page.get_by_role("button", name="Move or assign #30").click()
    menu = part.page.get_by_role("menu", name="#30")
    part.draw(**board({"to-do": [*many], "in-progress": [50]}))
    expect(menu).to_be_visible()
    expect(menu.get_by_role("menuitem", name="Open")).to_be_focused()
    part.draw(**board({"to-do": many[:20]}))
    expect(menu).to_be_hidden()

    part.draw(**board({"to-do": [1, 2, 3]}))
    drag(part, 2, "Pending", drops=False)
    part.draw(**board({"to-do": [1], "in-progress": [card(2, "in-progress", version=2), 3]}))
    assert (cards_in(part, "To do"), cards_in(part, "In progress")) == (["#1", "#2"], ["#3"])
    part.page.mouse.up()
    assert desk.wait(1)[0] | {"ticket": 2, "version": 1, "seen": "to-do"} == desk.asked[0], "what was seen at the grip"


def test_by_keyboard(bare: Opener) -> None:
    part = bare("board")
    desk = Desk(part)
    part.draw(**board({"to-do": [1, 2, 3], "pending": [4, 5]}))
    keys = part.page.keyboard
    keys.press("j")
    expect(link(part, 1)).to_be_focused()
    for key, focused in (("ArrowDown", 2), ("End", 3), ("k", 2), ("ArrowRight", 5), ("ArrowUp", 4), ("ArrowLeft", 1)):
        keys.press(key)
        expect(link(part, focused)).to_be_focused()
    keys.press("Shift+ArrowRight")
    expect(link(part, 1)).to_be_focused()
    assert cards_in(part, "In progress") == ["#1"]
    expect(part.page.get_by_role("status")).to_have_text("#1 moved to In progress.")

    keys.press("m")
    menu = part.page.get_by_role("menu", name="#1")
    expect(menu.get_by_role("menuitem", name="Open")).to_be_focused()
    expect(menu.get_by_role("menuitemradio", name="In progress")).to_have_attribute("aria-checked", "true")
    keys.press("Escape")
    expect(menu).to_be_hidden()
    expect(link(part, 1)).to_be_focused()
    keys.press("m")
    keys.press("c")
    keys.press("Enter")
    assert cards_in(part, "Completed") == ["#1"]
    expect(link(part, 1)).to_be_focused()
    assert desk.wait(2)[1]["wanted"] == "completed"

    link(part, 2).focus()
    keys.press("m")
    keys.press("ArrowDown")
    expect(part.page.get_by_role("menuitem", name="Assign to me")).to_be_focused()
    keys.press("Enter")
    expect(part.page.get_by_role("listitem", name="#2 ")).to_contain_text("→ Ada Okafor")
    assert desk.wait(3)[2] == {"ticket": 2, "field": "assignee", "wanted": 7, "version": 1, "seen": None, **ASKED}
    keys.press("a")
    assert part.told()[-1] == Told("trigger", "assign", 2)
    # The cards of a column are one stop.
    keys.press("Tab")
    expect(part.page.get_by_role("button", name="Move or assign #2")).to_be_focused()
    keys.press("Tab")
    expect(link(part, 4)).to_be_focused()
    keys.press("Enter")
    assert part.page.url == f"{DESK}/ticket?id=4"


def test_no_key_is_lost_after_the_menu(bare: Opener) -> None:
    """The focus is back on the card before the browser tells that the menu is closed."""
    part = bare("board")
    Desk(part)
    part.draw(**board({"to-do": [1, 2]}))
    link(part, 2).focus()
    for key in ("Enter", "Escape"):
        part.page.keyboard.press("m")
        expect(part.page.get_by_role("menuitem", name="Open")).to_be_focused()
        focused = part.page.evaluate(
            """(key) => {
                const place = document.querySelector("#root").lastElementChild.shadowRoot;
                const item = place.querySelectorAll("[role=menu] button")[1];
                const press = () => item.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
                if (key === "Enter") item.click(); else press();
                return place.activeElement?.id;
            }""",
            key,
        )
        assert focused == "card-2", key


def test_by_touch(bare: Opener) -> None:
    """A long press picks a card up; who moves before that scrolls. Nothing is wider than the phone."""
    part = bare("board", size=PHONE)
    desk = Desk(part)
    part.draw(**board({"to-do": [*range(1, 30)]}))
    assert part.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    session = part.page.context.new_cdp_session(part.page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    x, y = centre(link(part, 3))

    def touch(kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", x, y)
    for step in range(1, 12):
        touch("touchMove", x, y - 12 * step)
    part.pass_time(LONG_PRESS_MS)
    expect(part.page.locator(".ghost")).to_have_count(0)
    touch("touchEnd")

    x, y = centre(link(part, 9))
    touch("touchStart", x, y)
    part.pass_time(LONG_PRESS_MS)
    expect(part.page.locator(".ghost")).to_be_visible()
    # Held at the edge: the next column comes.
    touch("touchMove", PHONE["width"] - 4, y)
    before = part.page.locator(".columns").evaluate("(one) => one.scrollLeft")
    part.pass_time(1_000)
    assert part.page.locator(".columns").evaluate("(one) => one.scrollLeft") > before
    touch("touchMove", PHONE["width"] / 2, y)
    touch("touchEnd")
    assert desk.wait(1)[0]["ticket"] == 9
    assert "#9" not in cards_in(part, "To do")


def test_more_of_a_column_and_back_from_a_ticket(bare: Opener) -> None:
    part = bare("board")
    first = [*range(1, 51)]
    data = board({"to-do": first}, to_do={"count": 70, "has_more": True})
    part.draw(**data)
    part.page.get_by_role("button", name="Show more (20 left)").click()
    assert part.told() == [Told("trigger", "more", {"query": "{}", "pages": {"to-do": 2}})]
    whole = board({"to-do": [*range(1, 71)]}) | {"pages": {"to-do": 2}}
    part.draw(**whole)
    expect(link(part, 51)).to_be_focused()
    expect(part.page.get_by_role("button", name="Show more")).to_be_hidden()

    link(part, 60).click()
    part.remove()
    part.page.go_back()
    part.draw(**whole)
    expect(link(part, 60)).to_be_focused()
    expect(link(part, 60)).to_be_in_viewport()
    expect(link(part, 60)).to_have_attribute("aria-current", "true")
