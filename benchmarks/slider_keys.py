"""`python -m benchmarks.slider_keys http://127.0.0.1:8501`: whether keys on a slider are lost on the pages of a running
desk. A real Chromium presses → faster than the page is drawn, and then slider, address and sentence have to agree.
"""

import os
import re
from time import monotonic
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

import typer
from playwright.sync_api import Browser, Page

from benchmarks.chromium import running_chromium
from benchmarks.told import tell

FIRST_DAYS = 100
PATIENCE_SECONDS = 20.0
STAYS_SECONDS = 1.0
AGAIN_MS = 100

Address = Annotated[str, typer.Argument(help="Where the pages are, such as http://127.0.0.1:8501.")]
Bursts = Annotated[int, typer.Option(min=1, max=100)]
Presses = Annotated[int, typer.Option(min=1, max=100, help="Keys in a burst.")]
Pause = Annotated[int, typer.Option(min=1, max=1000, help="Milliseconds for which each key is held.")]


def main(address: Address, bursts: Bursts = 20, presses: Presses = 20, pause: Pause = 33) -> None:
    """Press keys in bursts, and exit with code 1 when one is lost or what is shown disagrees."""
    wrong, wanted = 0, FIRST_DAYS
    with running_chromium() as browser:
        page = _opened(browser, address)
        for burst in range(1, bursts + 1):
            wanted += presses
            for _ in range(presses):
                page.keyboard.press("ArrowRight", delay=pause)
            found = _settled(page, (wanted,) * 3)
            wrong += found != (wanted,) * 3
            tell(f"burst {burst}: {wanted} days wanted; slider, address and sentence: {found}")
            wanted = found[0]
    tell(f"{wrong} of {bursts} bursts lost a key or disagree; load {os.getloadavg()[0]:.1f}")
    raise typer.Exit(1 if wrong else 0)


def _opened(browser: Browser, address: str) -> Page:
    """Returns a page with a slider that has the focus."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.request.post(f"{address}/enter", data={"role": "agent"}, headers={"Origin": address})
    page = context.new_page()
    page.goto(f"{address}/analyses?analysis=open-in-period&days={FIRST_DAYS}")
    page.get_by_role("slider", name="Days").focus()
    return page


def _shown(page: Page) -> tuple[int, int, int]:
    """Returns the days of the slider, of the address and of the sentence; 0 where there is none at this moment."""
    value = page.get_by_role("slider", name="Days").input_value()
    told = parse_qs(urlsplit(page.url).query).get("days", ["0"])[0]
    sentence = re.search(r"in the last ([\d,]+) days", page.locator(".st-key-sentence").inner_text())
    return int(value), int(told), int(sentence[1].replace(",", "")) if sentence else 0


def _settled(page: Page, wanted: tuple[int, int, int]) -> tuple[int, int, int]:
    """Waits until what is wanted has been shown for a second. Returns what is shown at the end."""
    end = monotonic() + PATIENCE_SECONDS
    since = monotonic()
    while (found := _shown(page)) != wanted or monotonic() < since + STAYS_SECONDS:
        if monotonic() > end:
            break
        if found != wanted:
            since = monotonic()
        page.wait_for_timeout(AGAIN_MS)
    return found


if __name__ == "__main__":
    typer.run(main)
