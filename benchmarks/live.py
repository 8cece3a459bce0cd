"""The live part: how long after its 201 a message stands on the other side's screen, in a real browser."""

import random
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, sync_playwright

from benchmarks.desk import Desk, ask
from benchmarks.measure import Limits, Row
from benchmarks.told import tell
from streamlit_app.cookies import cookie_name

MESSAGES = 100
TABS = (1, 8)  # a browser has only six connections to a host for streams: more than six tabs is the case to watch
PAUSE_SECONDS = (0.7, 1.3)  # a talk, not a flood; varying, so that no timer of a page is in step with it
SEEN_WITHIN_SECONDS = 30.0
SETTLE_SECONDS = 3.0  # after the last tab has drawn its page, until its line for changes is open too
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Nothing but the desk's pages: no look-ups and updates of the browser's own.
FLAGS = ["--disable-gpu", "--disable-quic", "--disable-sync", "--disable-component-update"]

LIMITS = Limits({95: 1000})

# Notes when a message comes into the page; components draw in shadow roots, which have to be watched one by one.
WATCH = """
const seen = (window.benchmarkSeen = {});
const words = /Message (\\d+) of the benchmark/g;
const note = (records) => {
  for (const { addedNodes } of records)
    for (const { textContent } of addedNodes)
      for (const [, number] of (textContent ?? "").matchAll(words)) seen[number] ??= Date.now();
};
const watch = (root) => new MutationObserver(note).observe(root, { childList: true, subtree: true });
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (how) {
  const root = attach.call(this, how);
  watch(root);
  return root;
};
watch(document);
"""


def measure_live(desk: Desk, ui: str) -> list[Row]:
    """An agent looks at a ticket's page, and its requester writes."""
    rows = []
    with _browser(desk, ui) as browser:
        for tabs in TABS:
            tell(f"live, {MESSAGES} messages, {tabs} tabs")
            delays = _delays(browser, desk, ui, tabs)
            rows.append(Row(f"live: message on the other screen, {tabs} tabs open", LIMITS))
            rows[-1].large.add([last for *_, last in delays])
            if tabs > 1:
                rows.append(Row(f"live: message on the last of {tabs} screens", LIMITS))
                rows[-1].large.add([max(tab_delays) for tab_delays in delays])
    return rows


@contextmanager
def _browser(desk: Desk, ui: str) -> Iterator[BrowserContext]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise RuntimeError("The live part needs Chromium, and there is none on this machine's PATH.")
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=path, args=FLAGS) as browser:
        context = browser.new_context()
        context.add_cookies([{"name": cookie_name(urlsplit(ui).netloc), "value": desk.agent.token, "url": ui}])
        context.add_init_script(WATCH)
        yield context


def _delays(browser: BrowserContext, desk: Desk, ui: str, tabs: int) -> list[list[float]]:
    """Seconds, a list of tabs for each message; the tab in front is the last."""
    ticket = ask(desk.reporter, "POST", "/tickets", json={"description": "The projector shows a blue picture."})["id"]
    _say(desk, ticket, 0)
    pages = [browser.new_page() for _ in range(tabs)]
    for page in pages:
        page.goto(f"{ui}/ticket?id={ticket}")
        _seen_at(page, 0)
    time.sleep(SETTLE_SECONDS)
    delays = [[_seen_at(page, number) - said for page in pages] for number, said in _talk(desk, ticket)]
    for page in pages:
        page.close()
    return delays


def _talk(desk: Desk, ticket: int) -> Iterator[tuple[int, float]]:
    """The messages' numbers, each with the moment of its 201."""
    for number in range(1, MESSAGES + 1):
        time.sleep(random.uniform(*PAUSE_SECONDS))
        yield number, _say(desk, ticket, number)


def _say(desk: Desk, ticket: int, number: int) -> float:
    ask(desk.reporter, "POST", f"/tickets/{ticket}/messages", json={"body": f"Message {number} of the benchmark"})
    return time.time()


def _seen_at(page: Page, number: int) -> float:
    """By the clock of this machine, which is the browser's too."""
    seen = page.wait_for_function(
        "number => window.benchmarkSeen[number]", arg=number, polling=50, timeout=SEEN_WITHIN_SECONDS * 1000
    )
    return float(seen.json_value()) / 1000
