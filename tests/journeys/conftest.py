"""One real desk on a demo campus and one Chromium for all journeys; a window for each person in them."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, Protocol

import pytest
from playwright.sync_api import Browser, Playwright, ViewportSize, expect, sync_playwright

from tests.journeys.window import DESKTOP, Window
from tests.lodge.desk_process import DeskProcess
from tests.support.api import Api

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
READY_SECONDS = 120.0

Scheme = Literal["light", "dark"]


class Opener(Protocol):
    """`visit("agent", "Ada Okafor")`; without a role, in front of the door."""

    def __call__(
        self, role: str = "", name: str = "", *, size: ViewportSize = DESKTOP, scheme: Scheme = "light"
    ) -> Window: ...


@pytest.fixture(scope="session")
def running_desk() -> Iterator[DeskProcess]:
    """`lodge up --demo` as one would type it, in a home and on ports of its own."""
    with tempfile.TemporaryDirectory(prefix="lodge-test-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with DeskProcess(Path(folder) / "home", "--demo", command=("-m", "lodge.main", "up")) as process:
            process.wait_for("ready", READY_SECONDS)
            yield process
            process.interrupt()
            process.wait(30)


@pytest.fixture(scope="session")
def url(running_desk: DeskProcess) -> str:
    return f"http://127.0.0.1:{running_desk.ui_port}"


@pytest.fixture(scope="session")
def api(running_desk: DeskProcess) -> Iterator[Api]:
    """The same desk's data API, to set things up and to look behind the pages."""
    with Api(f"http://127.0.0.1:{running_desk.data_api_port}", running_desk.database_url()) as running:
        yield running


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
            "The journeys need Chromium, and there is none on this machine's PATH. Debian: apt install chromium"
        )
    running = playwright.chromium.launch(executable_path=found, args=FLAGS)
    yield running
    running.close()


@contextmanager
def windows(browser: Browser, url: str) -> Iterator[Opener]:
    """Closes them at the end, once none of them did what no page of ours does."""
    opened: list[Window] = []

    def visit(role: str = "", name: str = "", *, size: ViewportSize = DESKTOP, scheme: Scheme = "light") -> Window:
        context = browser.new_context(viewport=size, color_scheme=scheme, timezone_id="UTC")
        context.set_default_timeout(PATIENCE_MS)
        opened.append(window := Window(context, url))
        return window.enter(role, name) if role else window

    yield visit
    for window in opened:
        window.context.close()
    for window in opened:
        window.assert_clean()


@pytest.fixture
def visit(browser: Browser, url: str) -> Iterator[Opener]:
    with windows(browser, url) as opener:
        yield opener
