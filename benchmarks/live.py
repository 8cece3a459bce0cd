"""The live part: how long after a request's 2xx answer its effect is visible on other screens, in a real browser."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page

from benchmarks.chromium import running_chromium
from benchmarks.desk import Desk, ask
from benchmarks.http_load import Server
from benchmarks.measure import Limits, Row
from benchmarks.services import running_analytics, running_ui
from benchmarks.told import tell
from streamlit_app.components.composer import PAUSE_MS
from streamlit_app.server.cookies import cookie_name

MESSAGES = 50
TABS = (1, 8)  # a browser opens only six connections to a host, so more than six tabs are the critical case
# The pauses vary, so that they do not run in step with a timer of a page. With more than six changes in ten seconds, a
# page is redrawn only every two seconds (components/live.js); `STREAM_PAUSE_SECONDS` is for measuring that.
TALK_PAUSE_SECONDS = (2.0, 3.0)
STREAM_PAUSE_SECONDS = (0.7, 1.3)
SEEN_WITHIN_SECONDS = 30.0
SETTLE_SECONDS = 3.0  # from the last tab's first drawing until its connection for live changes is open too

LIMITS = Limits({95: 1000})
STREAM_LIMITS = Limits({95: 2000})
SUGGESTED_LIMITS = Limits({50: 300})
SUGGESTED = 40
# Each text clearly belongs to another category than the one before it.
WRITTEN = ("The WiFi in the seminar room drops every few minutes", "The heating in the lecture hall is stone cold")
LETTER_MS = 10

# Records when a text appears in the page. Components draw in shadow roots, each of which needs its own observer.
WATCH = """
window.benchmarkSeen = {};
const words = /Message \\d+ of the benchmark|[\\d,]+ tickets? opened in the last|For: \\S+|Which is it/g;
const noteText = (text) => {
  for (const [found] of (text ?? "").matchAll(words)) window.benchmarkSeen[found] ??= Date.now();
};
const note = (records) => {
  for (const { addedNodes, target, type } of records)
    for (const { textContent } of type === "characterData" ? [target] : addedNodes) noteText(textContent);
};
const what = { childList: true, characterData: true, subtree: true };
const watch = (root) => new MutationObserver(note).observe(root, what);
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (how) {
  const root = attach.call(this, how);
  watch(root);
  return root;
};
watch(document);
"""

Do = Callable[[int], object]
SeenAt = Callable[[Page, int], float]


def measure_live(desk: Desk, ui: str, home: Path, logs: Path) -> list[Row]:
    """Measures what an agent sees of the requester's messages and reports, and what the requester sees suggested."""
    rows = []
    with _browser(desk.agent, ui) as browser:
        for tabs in TABS:
            tell(f"live, {MESSAGES} messages, {tabs} tabs")
            delays = _delays(browser, desk, ui, tabs)
            rows.append(_row(f"live: message on the other screen, {tabs} tabs open", [last for *_, last in delays]))
            if tabs > 1:
                rows.append(_row(f"live: message on the last of {tabs} screens", [max(each) for each in delays]))
        tell(f"live, {MESSAGES} messages in a stream")
        stream = _delays(browser, desk, ui, 1, STREAM_PAUSE_SECONDS)
        rows.append(_row("live: message in a stream of one a second", [last for *_, last in stream], STREAM_LIMITS))
        tell(f"live, {MESSAGES} reports and {MESSAGES} changes")
        rows.append(_row("live: report in the queue", _seen_after(browser, f"{ui}/queue", _reports(desk), _seen_at)))
        address, change = _changes(desk, ui, _report(desk, 0))
        rows.append(_row("live: change on its ticket's page", _seen_after(browser, address, change, _seen_at)))
    rows.append(_number(desk, home, logs))
    with _browser(desk.reporter, ui) as browser:
        tell(f"live, {SUGGESTED} suggestions")
        rows.append(_row("live: suggestion after the pause", _suggested(browser, ui), SUGGESTED_LIMITS))
    return rows


def _row(name: str, seconds: list[float], limits: Limits = LIMITS) -> Row:
    row = Row(name, limits)
    row.large.add(seconds)
    return row


@contextmanager
def _browser(person: Server, ui: str) -> Iterator[BrowserContext]:
    with running_chromium() as browser:
        context = browser.new_context()
        context.add_cookies([{"name": cookie_name(urlsplit(ui).netloc), "value": person.token, "url": ui}])
        context.add_init_script(WATCH)
        yield context


def _delays(
    browser: BrowserContext, desk: Desk, ui: str, tabs: int, pause_seconds: tuple[float, float] = TALK_PAUSE_SECONDS
) -> list[list[float]]:
    """Returns the seconds until each message is visible: a list with an element per tab. The last tab is in front."""
    ticket = ask(desk.reporter, "POST", "/tickets", json={"description": "The projector shows a blue picture."})["id"]
    _say(desk, ticket, 0)
    pages = [browser.new_page() for _ in range(tabs)]
    for page in pages:
        page.goto(f"{ui}/ticket?id={ticket}")
        _seen_at(page, 0)
    time.sleep(SETTLE_SECONDS)
    delays = []
    for number in _numbers(pause_seconds):
        _say(desk, ticket, number)
        said = time.time()
        delays.append([_seen_at(page, number) - said for page in pages])
    for page in pages:
        page.close()
    return delays


def _seen_after(browser: BrowserContext, address: str, do: Do, seen_at: SeenAt) -> list[float]:
    """Returns the seconds from each call of `do` until its effect is seen."""
    page = browser.new_page()
    page.goto(address)
    page.get_by_role("heading", level=1).first.wait_for()
    time.sleep(SETTLE_SECONDS)
    delays = []
    for number in _numbers():
        page.evaluate("window.benchmarkSeen = {}")
        do(number)
        done = time.time()
        delays.append(seen_at(page, number) - done)
    page.close()
    return delays


def _reports(desk: Desk) -> Do:
    return lambda number: _report(desk, number)


def _report(desk: Desk, number: int) -> dict[str, Any]:
    ticket: dict[str, Any] = ask(desk.reporter, "POST", "/tickets", json={"description": _words(number)})
    return ticket


def _changes(desk: Desk, ui: str, ticket: dict[str, Any]) -> tuple[str, Do]:
    """Returns the address of the ticket's page, and a function that changes its title."""

    def change(number: int) -> None:
        edit = {"version": ticket["version"], "title": _words(number)}
        ticket.update(ask(desk.agent, "PATCH", f"/tickets/{ticket['id']}", json=edit))

    return f"{ui}/ticket?id={ticket['id']}", change


def _number(desk: Desk, home: Path, logs: Path) -> Row:
    """Measures the time from a report's 201 until the number of tickets on an analysis page has changed."""
    tell(f"live, {MESSAGES} reports in the number")
    with (
        running_analytics(desk.database_url, desk.url, home, logs) as analytics,
        running_ui(desk.url, logs, analytics.url) as ui,
        _browser(desk.agent, ui) as browser,
    ):
        address = f"{ui}/analyses?analysis=open-in-period&days=1000"
        return _row("live: report in the number", _seen_after(browser, address, _reports(desk), _another_seen_at))


def _suggested(browser: BrowserContext, ui: str) -> list[float]:
    """Returns the seconds from the end of the typing pause that the page waits for, until a suggestion is shown."""
    page = browser.new_page()
    page.goto(f"{ui}/report")
    field = page.get_by_label("What is the problem?")
    field.fill("Something")
    time.sleep(SETTLE_SECONDS)
    delays = []
    for text in islice(cycle(WRITTEN), SUGGESTED):
        field.press("ControlOrMeta+a")
        page.keyboard.type(text[:-1], delay=LETTER_MS)
        page.evaluate("window.benchmarkSeen = {}")
        page.keyboard.type(text[-1])
        typed = time.time()
        delays.append(_another_seen_at(page) - typed - PAUSE_MS / 1000)
    page.close()
    return delays


def _numbers(pause_seconds: tuple[float, float] = TALK_PAUSE_SECONDS) -> Iterator[int]:
    for number in range(1, MESSAGES + 1):
        time.sleep(random.uniform(*pause_seconds))
        yield number


def _words(number: int) -> str:
    return f"Message {number} of the benchmark"


def _say(desk: Desk, ticket: int, number: int) -> None:
    ask(desk.reporter, "POST", f"/tickets/{ticket}/messages", json={"body": _words(number)})


def _seen_at(page: Page, number: int) -> float:
    return _moment(page, "words => window.benchmarkSeen[words]", _words(number))


def _another_seen_at(page: Page, _: int = 0) -> float:
    """Waits for the first number or suggestion that is seen, and returns when."""
    return _moment(page, "() => Object.values(window.benchmarkSeen)[0]")


def _moment(page: Page, script: str, given: str | None = None) -> float:
    """Waits until the script gives a moment, and returns it. Browser and benchmark use the same machine's clock."""
    seen = page.wait_for_function(script, arg=given, polling=50, timeout=SEEN_WITHIN_SECONDS * 1000)
    return float(seen.json_value()) / 1000
