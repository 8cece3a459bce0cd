"""Starts one Chromium for all browser tests of a pytest worker."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, ViewportSize, expect, sync_playwright

from tests.chromium import find_chromium

# The name that people know a desk behind a proxy by, which leads to this machine.
PUBLIC_NAME = "helpdesk.example.edu"
# Without these flags Chromium calls Google's hosts, and the journey tests would have to tell these calls from Lodge's.
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {PUBLIC_NAME} 127.0.0.1",
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
    found = find_chromium(playwright)
    assert found, (
        "The browser tests need Chromium, and there is none on this machine. `python -m tests.set_up` gets it."
    )
    running = playwright.chromium.launch(executable_path=found, args=FLAGS)
    yield running
    running.close()
