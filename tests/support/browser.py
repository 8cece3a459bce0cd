"""One Chromium for all tests of a worker that need a browser."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, ViewportSize, expect, sync_playwright

# The Makefile looks for the same ones.
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without these it calls its maker's hosts, which the journeys would have to tell from our own calls.
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 30_000
PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=800)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.fail(
            "The browser tests need Chromium, and there is none on this machine's PATH. Debian: apt install chromium"
        )
    running = playwright.chromium.launch(executable_path=found, args=FLAGS)
    yield running
    running.close()
