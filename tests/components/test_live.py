"""The tab's line to the desk: what it is told becomes a redraw of the parts that follow it, once, and none is lost."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.components.bare import DESK, Bare
from tests.components.conftest import Opener
from tests.lodge.waiting import wait_until

pytestmark = pytest.mark.second_try

TITLE = "My tickets · Lodge"
NOT_ENTERED = 4401
AGAIN_AFTER_MS, SHORTEST_RETRY_MS, FLOOD_MS, ENDS_AFTER_MS = 1_500, 500, 2_000, 1_000
# Longer than news are gathered for, and shorter than anything is tried again after.
A_LITTLE_MS = 200
# After a redraw that took so little, the next one waits no longer than this.
REST_MS = 300
LONGEST_REST_MS = 3_000


class Tab:
    """A page that follows everything, with its title, and the desk at the other end of its line."""

    def __init__(self, part: Bare) -> None:
        self.part = part
        self.sockets: list[WebSocketRoute] = []
        self.heard: list[dict[str, Any]] = []
        self._unread = 0
        part.page.route_web_socket(f"{DESK.replace('http', 'ws')}/live", self._answer)
        part.open()
        part.page.evaluate("(title) => { document.title = title; }", TITLE)
        part.draw("title", title=TITLE)
        part.draw("page", ticket=None, heard=None)
        self.wait_for_line(1)

    def _answer(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        socket.on_message(lambda text: self.heard.append(json.loads(text)))

    def tell(self, *tickets: int) -> None:
        """News of these, which have come when the title counts what comes after them."""
        self._unread += 1
        for event in (*({"ticket_id": ticket} for ticket in tickets), {"unread": self._unread, "mentions": 0}):
            self.sockets[-1].send(json.dumps(event))
        expect(self.part.page).to_have_title(f"({self._unread}) {TITLE}")

    def bumps(self, key: str = "page") -> list[str]:
        return [told.value for told in self.part.told() if (told.name, told.key) == ("bump", key)]

    def hear(self, key: str = "page", ticket: int | None = None) -> None:
        """The part is drawn again for the last bump."""
        self.part.draw(key, ticket=ticket, heard=self.bumps(key)[-1])

    def wait(self, is_true: Callable[[], bool], what: str) -> None:
        """The browser's own events come while it is asked something."""
        wait_until(lambda: bool(self.part.page.evaluate("true")) and is_true(), what)

    def wait_for_line(self, number: int) -> None:
        self.wait(lambda: len(self.sockets) == number, f"line number {number}")

    def wait_for_bump(self, key: str) -> None:
        def is_there() -> bool:
            self.part.pass_time(A_LITTLE_MS)
            return self.bumps(key) != []

        wait_until(is_there, f"a bump of {key}")


@pytest.fixture
def tab(bare: Opener) -> Tab:
    return Tab(bare("live"))


def test_the_title_counts_what_is_not_read_yet(tab: Tab) -> None:
    tab.tell()
    tab.sockets[0].send('{"unread": 0, "mentions": 0}')
    expect(tab.part.page).to_have_title(TITLE)
    tab.part.pass_time(A_LITTLE_MS)
    assert tab.bumps() == []


def test_news_concern_lists_and_the_page_of_the_ticket(tab: Tab) -> None:
    for ticket in (5, 6):
        tab.part.draw(f"ticket {ticket}", ticket=ticket, heard=None)
    tab.tell(5)
    tab.part.pass_time(A_LITTLE_MS)
    assert tab.bumps() == tab.bumps("ticket 5") == ["again-1"]
    assert tab.bumps("ticket 6") == tab.bumps("title") == []


def test_news_close_together_are_one_redraw(tab: Tab) -> None:
    tab.tell(1, 2, 3)
    tab.part.pass_time(A_LITTLE_MS)
    assert tab.bumps() == ["again-1"]


def test_in_a_flood_there_is_one_redraw_in_two_seconds(tab: Tab) -> None:
    for number in range(1, 7):
        tab.tell(number)
        tab.part.pass_time(A_LITTLE_MS)
        assert len(tab.bumps()) == number
        tab.hear()
        tab.part.pass_time(REST_MS)
    tab.tell(7)
    tab.part.pass_time(FLOOD_MS - 2 * REST_MS)
    assert len(tab.bumps()) == 6
    tab.part.pass_time(2 * REST_MS)
    assert len(tab.bumps()) == 7


def test_a_redraw_that_got_lost_is_asked_for_again_until_it_is_heard(tab: Tab) -> None:
    tab.tell(5)
    tab.part.pass_time(A_LITTLE_MS + AGAIN_AFTER_MS)
    assert tab.bumps() == ["again-1", "again-2"]
    tab.hear()
    tab.part.pass_time(10 * AGAIN_AFTER_MS)
    assert len(tab.bumps()) == 2


def test_one_that_is_never_heard_is_given_up(tab: Tab) -> None:
    tab.tell(5)
    tab.part.pass_time(20 * AGAIN_AFTER_MS)
    assert len(tab.bumps()) == 5


def test_nothing_is_asked_for_while_the_page_is_being_drawn(tab: Tab) -> None:
    state = "document.querySelector('[data-testid=stApp]').dataset.testScriptState = {!r}"
    tab.part.page.evaluate(state.format("running"))
    tab.tell(5)
    tab.part.pass_time(AGAIN_AFTER_MS)
    assert tab.bumps() == []
    tab.part.page.evaluate(state.format("notRunning"))
    tab.part.pass_time(A_LITTLE_MS)
    assert tab.bumps() == ["again-1"]


@pytest.mark.parametrize(
    "opened",
    [
        "<div role='listbox'></div>",
        "<div role='menu'></div>",
        "<section role='dialog'></section>",
        "<input role='combobox' aria-expanded='true'>",
    ],
)
def test_news_wait_while_something_is_open_and_come_once_it_is_closed(tab: Tab, opened: str) -> None:
    """Also what is asked for because time has passed. Who is no longer signed in is told all the same."""
    tab.part.draw("page", ticket=None, heard=None, every=15)
    tab.part.page.evaluate("(opened) => document.body.insertAdjacentHTML('beforeend', opened)", opened)
    tab.tell(5)
    tab.part.pass_time(20_000)
    assert tab.bumps() == []
    tab.part.page.evaluate("document.body.lastElementChild.remove()")
    tab.part.pass_time(A_LITTLE_MS)
    assert tab.bumps() == ["again-1"]
    tab.part.page.evaluate("(opened) => document.body.insertAdjacentHTML('beforeend', opened)", opened)
    tab.sockets[0].close(code=NOT_ENTERED)
    tab.wait_for_bump("title")


def test_a_part_is_drawn_from_time_to_time_unless_news_are_on_the_way(tab: Tab) -> None:
    tab.part.draw("page", ticket=None, heard=None, every=2)
    tab.part.pass_time(2_000)
    assert tab.bumps() == ["time-1"]
    tab.part.draw("page", ticket=None, heard="time-1", every=2)
    tab.tell(5)
    tab.part.pass_time(2_000)
    assert tab.bumps() == ["time-1", "again-2", "again-3"]
    tab.part.remove("page")
    tab.part.pass_time(60_000)
    assert len(tab.bumps()) == 3


def test_a_page_of_somebody_who_was_switched_in_another_tab_is_loaded_again_and_says_so(tab: Tab) -> None:
    page, bar = tab.part.page, tab.part.page.get_by_role("status")
    ada, kim = ({"id": 1, "name": "Ada Okafor"}, {"id": 2, "name": "Kim Keys"})
    tab.part.draw("title", title=TITLE, session="a", person=ada)
    tab.sockets[0].send('{"session": "a"}')
    tab.tell()
    with page.expect_event("load"):
        tab.sockets[0].send('{"session": "b"}')
    tab.part.load()
    tab.part.draw("title", title=TITLE, session="b", person=kim)
    expect(bar).to_contain_text("You are Kim Keys now")
    bar.get_by_role("button", name="Dismiss").click()
    expect(bar).to_have_count(0)
    tab.part.draw("title", title=TITLE, session="b", person=kim)
    expect(bar).to_have_count(0)


def test_what_came_while_a_page_was_on_its_way_is_asked_for_on_it(tab: Tab) -> None:
    tab.tell(5)
    tab.part.draw("soon", ticket=6, heard=None)
    tab.part.pass_time(A_LITTLE_MS)
    assert tab.bumps("soon") == ["again-1"]
    tab.part.pass_time(10 * AGAIN_AFTER_MS)
    tab.part.draw("late", ticket=6, heard=None)
    tab.part.pass_time(A_LITTLE_MS)
    assert tab.bumps("late") == []


def test_a_line_that_was_lost_comes_back_and_everything_is_looked_at_again(tab: Tab) -> None:
    tab.part.draw("ticket", ticket=5, heard=None)
    tab.sockets[0].close(code=1011)
    tab.wait_for_bump("ticket")
    tab.part.pass_time(2 * SHORTEST_RETRY_MS)
    tab.wait_for_line(2)
    tab.hear("ticket", ticket=5)
    assert tab.bumps("ticket") == ["again-1"]
    tab.tell()
    tab.part.pass_time(LONGEST_REST_MS)
    assert tab.bumps("ticket") == ["again-1", "again-2"]


def test_who_has_left_is_told_and_asks_no_more(tab: Tab) -> None:
    tab.sockets[0].close(code=NOT_ENTERED)
    tab.wait_for_bump("title")
    assert tab.bumps("title") == ["ended-1"]
    assert tab.bumps() == []
    tab.part.pass_time(20 * SHORTEST_RETRY_MS)
    assert len(tab.sockets) == 1


def test_what_was_seen_is_passed_on(tab: Tab) -> None:
    tab.part.page.evaluate("window.lodgeSeen = { read: 5, latest: 9 }; dispatchEvent(new Event('lodge-seen'))")
    tab.wait(lambda: tab.heard != [], "what was seen")
    assert tab.heard == [{"read": 5, "latest": 9}]


def test_a_change_of_page_keeps_the_line_and_the_last_page_ends_it(tab: Tab) -> None:
    ended: list[int | None] = []
    tab.sockets[0].on_close(lambda code, _: ended.append(code))
    for key in ("title", "page"):
        tab.part.remove(key)
    tab.part.draw("title", title=TITLE)
    tab.part.pass_time(ENDS_AFTER_MS)
    tab.tell()
    assert (len(tab.sockets), ended) == (1, [])
    tab.part.remove("title")
    tab.part.pass_time(ENDS_AFTER_MS)
    tab.wait(lambda: ended != [], "the end of the line")
