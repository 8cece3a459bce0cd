"""When a text came onto a screen, to a hundredth of a second: expect() looks too rarely to measure with."""

import statistics
import time
from collections.abc import Sequence

from playwright.sync_api import Page

PATIENCE_MS = 30_000


def watch(page: Page, text: str) -> None:
    """Before it happens."""
    page.evaluate("([text, patience]) => journey.watch(text, patience)", [text, PATIENCE_MS])


def now() -> float:
    """Milliseconds since 1970, as browsers count."""
    return time.time() * 1000


def seen_after(page: Page, moment: float) -> float:
    """Milliseconds from the moment until the watched text was there."""
    seen = page.evaluate("journey.seen")
    assert seen is not None, "the awaited text did not come"
    return float(seen) - moment


def median_told(what: str, times: Sequence[float]) -> float:
    """The median, printed for whoever runs with -s or looks at a failure."""
    median = statistics.median(times)
    print(f"{what}: median {median:.0f} ms, longest {max(times):.0f} ms, of {len(times)}")  # noqa: T201
    return median
