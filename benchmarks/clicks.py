"""`python -m benchmarks.clicks http://127.0.0.1:8501`: how long clicks take in a real Chromium on the pages of a
running desk: from a row of the queue to its ticket, back, a view with another filter, and on to the next ticket. Each
is measured inside the page, from the click until what it leads to is there and the page is drawn completely. The floor
is the same for a page with nothing on it but the menu.
"""

import os
from collections.abc import Callable
from typing import Annotated

import typer
from playwright.sync_api import Browser, Page
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.chromium import running_chromium
from benchmarks.measure import Samples
from benchmarks.told import tell

WARM_UP = 5
PATIENCE_MS = 30_000
PERCENTS = (50, 95)
VIEWS = ("Unassigned", "All open")

# `find` looks inside components too. A page is drawn when a run has begun since the click, and has ended. A short run
# may begin and end before the browser shows its state; what the server has sent tells of it, two frames later.
SCRIPT = """
window.WebSocket = new Proxy(WebSocket, {
  construct: (kind, given) => {
    const socket = new kind(...given);
    socket.addEventListener("message", () => { clicks.received += String(given[0]).includes("/_stcore/stream"); });
    return socket;
  },
});
window.clicks = {
  received: 0,
  within: (node) => [...node.querySelectorAll("*")].flatMap(
    (one) => [one, ...(one.shadowRoot ? clicks.within(one.shadowRoot) : [])]),
  all: (selector) => clicks.within(document.body).filter((one) => one.matches(selector)),
  find: (selector, text) => clicks.all(selector).find((one) => one.textContent.trim().startsWith(text)),
  row: (place) => clicks.all("a.main").at(place % clicks.all("a.main").length),
  onward: () => clicks.all("a.next")[0] ?? clicks.all("a.previous")[0],
  number: (link) => new URL(link.href).searchParams.get("id"),
  go: (href) => {
    history.pushState({}, "", new URL(href, document.baseURI));
    dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
  },
  time: (act, selector, text) => new Promise((done, fail) => {
    const app = document.querySelector("[data-testid=stApp]");
    const isRunning = () => app.dataset.testScriptState === "running";
    const before = clicks.received;
    let hasRun = false;
    let frames = 0;
    const watch = new MutationObserver(() => { hasRun ||= isRunning(); });
    watch.observe(app, { attributes: true, attributeFilter: ["data-test-script-state"] });
    const start = performance.now();
    const look = () => {
      const past = performance.now() - start;
      if (past > PATIENCE) return watch.disconnect(), fail(new Error(`${selector} ${text} is not there`));
      frames += clicks.received > before;
      hasRun ||= frames > 2;
      if (!hasRun || isRunning() || !clicks.find(selector, text)) return requestAnimationFrame(look);
      watch.disconnect();
      done(past);
    };
    act();
    look();
  }),
};
""".replace("PATIENCE", str(PATIENCE_MS))
LIST, TICKET = "table[aria-label]", "p"

Address = Annotated[str, typer.Argument(help="Where the pages are, such as http://127.0.0.1:8501.")]
Times = Annotated[int, typer.Option(min=1, max=1000, help="Clicks of each kind.")]


def main(address: Address, times: Times = 50) -> None:
    """Click, and print the times beside those of an empty page."""
    with running_chromium() as browser:
        page = _opened(browser, address)
        rows = {
            "floor: an empty page drawn again": _measured(page, times, _empty),
            **_there_and_back(page, times),
            "filter: another view of the queue": _measured(page, times, _filter),
            "next ticket": _next_ones(page, times),
        }
    _print(rows)
    tell(f"load {os.getloadavg()[0]:.1f}")


def _opened(browser: Browser, address: str) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE_MS)
    context.request.post(f"{address}/enter", data={"role": "agent"}, headers={"Origin": address})
    context.add_init_script(SCRIPT)
    page = context.new_page()
    page.goto(f"{address}/queue")
    page.get_by_role("table").wait_for()
    return page


def _measured(page: Page, times: int, one: Callable[[Page, int], float]) -> Samples:
    for number in range(WARM_UP):
        one(page, number)
    return Samples([one(page, WARM_UP + number) for number in range(times)])


def _timed(page: Page, act: str, selector: str, text: str = "") -> float:
    milliseconds: float = page.evaluate(
        f"([selector, text]) => clicks.time(() => {act}, selector, text)", [selector, text]
    )
    return milliseconds


def _empty(page: Page, number: int) -> float:
    """A ticket's page that is asked for no ticket."""
    return _timed(page, f"clicks.go('ticket?again={number}')", "h1", "Ticket")


def _there_and_back(page: Page, times: int) -> dict[str, Samples]:
    _go_to_queue(page)
    there, back = [], []
    for number in range(WARM_UP + times):
        there.append(_opened_by(page, f"clicks.row({number})"))
        back.append(_timed(page, "history.back()", LIST))
    return {"row → ticket": Samples(there[WARM_UP:]), "back to the queue": Samples(back[WARM_UP:])}


def _filter(page: Page, number: int) -> float:
    if number == 0:
        _go_to_queue(page)
    view = VIEWS[number % len(VIEWS)]
    return _timed(page, f"clicks.find('nav a, li a', '{view}').click()", "h1", view)


def _next_ones(page: Page, times: int) -> Samples:
    """Through the list, and back again from its end."""
    _go_to_queue(page)
    _opened_by(page, "clicks.row(0)")
    return _measured(page, times, lambda page, _: _opened_by(page, "clicks.onward()"))


def _opened_by(page: Page, link: str) -> float:
    """Returns how long the ticket takes that this link leads to."""
    ticket = page.evaluate(f"clicks.number({link})")
    return _timed(page, f"{link}.click()", TICKET, f"#{ticket}")


def _go_to_queue(page: Page) -> None:
    _timed(page, "clicks.go('queue?status=open&status=active')", LIST)


def _print(rows: dict[str, Samples]) -> None:
    table = Table(box=box.MARKDOWN)
    for name in ("what", "samples", *(f"p{percent}, ms" for percent in PERCENTS), "p50, times the floor"):
        table.add_column(name, justify="left" if name == "what" else "right", no_wrap=True)
    floor = next(iter(rows.values())).percentile(PERCENTS[0])
    for name, samples in rows.items():
        figures = (f"{samples.percentile(percent):.0f}" for percent in PERCENTS)
        table.add_row(name, str(len(samples.milliseconds)), *figures, f"{samples.percentile(PERCENTS[0]) / floor:.1f}")
    Console(width=120).print(table)


if __name__ == "__main__":
    typer.run(main)
