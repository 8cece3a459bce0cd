"""The timer on every page, and the block of a ticket: what they show as time passes, and what they send."""

from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.components.bare import DESK, Bare
from tests.components.conftest import Opener

pytestmark = pytest.mark.second_try

OMAR = {"id": 8, "name": "Omar Haddad"}


def running(seconds: int) -> dict[str, Any]:
    return {"ticket_id": 42, "ticket_title": "<b>The lift</b>", "is_running": True, "seconds": seconds}


def entry(*, may_change: bool) -> dict[str, Any]:
    return {
        "id": 5, "ticket_id": 42, "person": OMAR, "day": "2026-11-30", "seconds": 754, "minutes": 13,
        "note": "<b>x</b>",
        "is_timed": True, "stopped_because": None, "is_unconfirmed": False,
        "may_change": may_change, "version": 1, "created_at": "2026-11-30T12:00:00Z",
    }  # fmt: skip


class Desk:
    """Answers what the components ask of the pages' server, and keeps what they send."""

    def __init__(self, part: Bare) -> None:
        self.sent: list[dict[str, Any]] = []
        self.mine: dict[str, Any] = {"running": None, "paused": [], "unconfirmed": []}
        self.answer: dict[str, Any] = {"timer": None, "paused": None, "entry": None}
        self.time: dict[str, Any] = {
            "items": [], "next_cursor": None, "seconds": 0, "people": [], "timer": None, "running": []
        }  # fmt: skip
        part.page.route(f"{DESK}/time/**", self._come)

    def _come(self, route: Route) -> None:
        if route.request.method == "POST":
            self.sent.append(dict(route.request.post_data_json or {}))
            route.fulfill(json=self.answer)
        else:
            route.fulfill(json=self.mine if route.request.url.endswith("/timer") else self.time)


def test_a_timer_ticks_and_is_paused(bare: Opener) -> None:
    part = bare("timer")
    desk = Desk(part)
    desk.mine["running"] = running(59)
    part.draw(in_menu=False)
    clock = part.page.locator(".clock")
    expect(clock).to_have_text("0:00:59")
    part.pass_time(2_000)
    expect(clock).to_have_text("0:01:01")
    expect(part.page.get_by_role("link")).to_have_text("#42 <b>The lift</b>")
    desk.answer["timer"] = running(61) | {"is_running": False}
    part.page.get_by_role("button", name="Pause the timer of #42").click()
    expect(part.page.get_by_text("Paused")).to_be_visible()
    part.pass_time(5_000)
    expect(clock).to_have_text("0:01:01")
    assert [(one["ticket"], one["change"]) for one in desk.sent] == [(42, {"action": "pause"})]


def test_a_long_timer_is_asked_about_before_it_is_stopped(bare: Opener) -> None:
    part = bare("timer")
    desk = Desk(part)
    desk.mine["running"] = running(8 * 3600)
    part.draw(in_menu=False)
    expect(part.page.get_by_role("region", name="Timer")).not_to_contain_text("still working?")
    part.pass_time(2_000)
    expect(part.page.get_by_role("region", name="Timer")).to_contain_text("still working?")
    stop = part.page.get_by_role("button", name="Stop the timer of #42")
    stop.click()
    part.page.get_by_role("button", name="Let it be").click()
    assert desk.sent == []
    stop.click()
    part.page.get_by_label("hours").fill("24")
    part.page.get_by_role("button", name="Correct").click()
    expect(part.page.get_by_text("Between 1 minute and 8 h 1 min, please.")).to_be_visible()
    part.page.get_by_role("button", name="Keep all 8 h").click()
    expect(part.page.get_by_role("region", name="Timer")).to_be_hidden()
    assert [one["change"] for one in desk.sent] == [{"action": "stop"}]


def test_what_is_typed_stays_when_news_come(bare: Opener) -> None:
    part = bare("ticket_time")
    desk = Desk(part)
    part.draw(ticket=42, me=7, today="2026-12-01", zone="UTC")
    expect(part.page.get_by_text("No time yet")).to_be_visible()
    part.page.get_by_role("button", name="Add time").click()
    part.page.get_by_label("h", exact=True).fill("2")
    part.page.get_by_label("Note").fill("<i>On site</i>")
    desk.time |= {"items": [entry(may_change=False)], "seconds": 754, "running": [OMAR]}
    part.page.evaluate("dispatchEvent(new CustomEvent('lodge-time', { detail: 42 }))")
    part.pass_time(500)
    expect(part.page.get_by_role("list", name="Entries")).to_contain_text("Omar Haddad Mon 30 Nov13 min<b>x</b>")
    expect(part.page.get_by_text("Working on it now: Omar Haddad")).to_be_visible()
    expect(part.page.get_by_role("button", name="Delete")).to_have_count(0)
    expect(part.page.get_by_label("Note")).to_have_value("<i>On site</i>")
    part.page.get_by_role("button", name="Add", exact=True).click()
    expect(part.page.get_by_label("Note")).to_have_count(0)
    (sent,) = desk.sent
    assert (sent["ticket"], sent["add"]) == (42, {"minutes": 150, "day": "2026-12-01", "note": "<i>On site</i>"})


def test_an_entry_is_corrected_by_keyboard(bare: Opener) -> None:
    part = bare("ticket_time")
    desk = Desk(part)
    desk.time |= {"items": [entry(may_change=True)], "seconds": 754}
    part.draw(ticket=42, me=7, today="2026-12-01", zone="UTC")
    part.page.get_by_role("button", name="Correct 13 min of Omar Haddad").click()
    expect(part.page.get_by_label("h", exact=True)).to_be_focused()
    part.page.keyboard.press("Tab")
    part.page.keyboard.type("20")
    part.page.keyboard.press("Enter")
    expect(part.page.get_by_text("Corrected.")).to_be_visible()
    (sent,) = desk.sent
    assert (sent["entry"], sent["correct"]) == (5, {"version": 1, "note": "<b>x</b>", "minutes": 20})


def test_a_timer_that_is_stopped_elsewhere_tells_what_it_recorded(bare: Opener) -> None:
    """And takes a note, by keyboard alone."""
    part = bare("timer")
    desk = Desk(part)
    desk.mine["running"] = running(754)
    part.draw(in_menu=False)
    desk.answer["entry"] = entry(may_change=True) | {"note": None}
    part.page.get_by_role("button", name="Stop the timer of #42").click()
    told = part.page.get_by_role("dialog", name="13 min added to #42")
    expect(told.get_by_label("Note")).to_be_focused()
    part.page.keyboard.type("<i>On site</i>")
    desk.mine["running"] = None
    part.page.keyboard.press("Enter")
    expect(told).to_be_hidden()
    expect(part.page.get_by_text("13 min on #42 saved.")).to_be_visible()
    assert [one.get("change") or one["correct"] for one in desk.sent] == [
        {"action": "stop"},
        {"version": 1, "note": "<i>On site</i>"},
    ]


def test_a_forgotten_timer_is_asked_about_until_its_owner_says_how_long_it_was(bare: Opener) -> None:
    part = bare("timer")
    desk = Desk(part)
    desk.mine["unconfirmed"] = [entry(may_change=True) | {"seconds": 43_200, "minutes": 720, "is_unconfirmed": True}]
    part.draw(in_menu=False)
    part.page.get_by_role("button", name="#42 was stopped after 12 h: how long was it?").click()
    asked = part.page.get_by_role("dialog", name="How long did you work on #42?")
    asked.get_by_label("hours").fill("25")
    asked.get_by_role("button", name="Save").click()
    expect(asked).to_contain_text("Between 1 minute and 24 h, please.")
    asked.get_by_label("hours").fill("1")
    desk.mine["unconfirmed"] = []
    asked.get_by_role("button", name="Save").click()
    expect(part.page.get_by_role("button", name="how long was it?")).to_be_hidden()
    assert [one["correct"] for one in desk.sent] == [{"version": 1, "note": "<b>x</b>", "minutes": 60}]


def test_earlier_entries_stay_when_news_come(bare: Opener) -> None:
    part = bare("ticket_time")
    desk = Desk(part)
    pages = [[entry(may_change=False) | {"id": 10 * page + one} for one in range(2)] for page in range(3)]
    part.page.route(f"{DESK}/time/tickets/**", lambda route: route.fulfill(json=_page(desk, pages, route.request.url)))
    part.draw(ticket=42, me=7, today="2026-12-01", zone="UTC")
    shown = part.page.get_by_role("list", name="Entries").get_by_role("listitem")
    expect(shown).to_have_count(2)
    part.page.get_by_role("button", name="Earlier entries").click()
    expect(shown).to_have_count(4)
    pages[0][0]["seconds"] = 3600
    part.page.evaluate("dispatchEvent(new CustomEvent('lodge-time', { detail: 42 }))")
    part.pass_time(500)
    expect(shown.first).to_contain_text("1 h")
    expect(shown).to_have_count(4)
    part.page.get_by_role("button", name="Earlier entries").click()
    expect(shown).to_have_count(6)
    expect(part.page.get_by_role("button", name="Earlier entries")).to_be_hidden()


def _page(desk: Desk, pages: list[list[dict[str, Any]]], url: str) -> dict[str, Any]:
    number = int(url.partition("cursor=")[2] or 0)
    return desk.time | {"items": pages[number], "next_cursor": str(number + 1) if number + 1 < len(pages) else None}
