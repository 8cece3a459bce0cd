"""One real desk on a demo campus for all journeys; a window for each person in them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser, ViewportSize

from tests.journeys.window import Window
from tests.lodge.desk_process import DeskProcess
from tests.support.api import Api
from tests.support.browser import DESKTOP, PATIENCE_MS

# A service that was killed starts from nothing.
BACK_MS = 120_000
READY_SECONDS = 120.0
STOPPED_SECONDS = 60.0


class Opener(Protocol):
    """`visit("agent", "Ada Okafor")`; without a role, in front of the door. Its pages are drawn again for what happens
    only, unless `is_drawn_by_time`."""

    def __call__(
        self, role: str = "", name: str = "", *, size: ViewportSize = DESKTOP, is_drawn_by_time: bool = False
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
            process.wait(STOPPED_SECONDS)


@pytest.fixture(scope="session")
def url(running_desk: DeskProcess) -> str:
    return f"http://127.0.0.1:{running_desk.ui_port}"


@pytest.fixture(scope="session")
def api(running_desk: DeskProcess) -> Iterator[Api]:
    """The same desk's data API, to set things up and to look behind the pages."""
    with Api(f"http://127.0.0.1:{running_desk.data_api_port}", running_desk.database_url()) as running:
        yield running


class Windows:
    """A test gets windows in which nothing is left of the one before, except what Streamlit has loaded."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self._free: list[Window] = []

    @contextmanager
    def opener(self) -> Iterator[Opener]:
        """At the end they are left, and none of them did what no page of ours does."""
        opened: list[Window] = []

        def visit(
            role: str = "", name: str = "", *, size: ViewportSize = DESKTOP, is_drawn_by_time: bool = False
        ) -> Window:
            window = self._free_one(size, is_drawn_by_time) or self._new_one(size, is_drawn_by_time)
            opened.append(window)
            return window.enter(role, name) if role else window

        yield visit
        for window in opened:
            window.leave()
        self._free += opened
        for window in opened:
            window.assert_clean()

    def _free_one(self, size: ViewportSize, is_drawn_by_time: bool) -> Window | None:
        wanted = (size, is_drawn_by_time)
        found = next((window for window in self._free if (window.size, window.is_drawn_by_time) == wanted), None)
        if found:
            self._free.remove(found)
            found.record.forget()
        return found

    def _new_one(self, size: ViewportSize, is_drawn_by_time: bool) -> Window:
        context = self._browser.new_context(viewport=size, timezone_id="UTC")
        context.set_default_timeout(PATIENCE_MS)
        return Window(context, self._url, size, is_drawn_by_time=is_drawn_by_time)


@pytest.fixture(scope="session")
def windows(browser: Browser, url: str) -> Windows:
    return Windows(browser, url)


@pytest.fixture
def visit(windows: Windows) -> Iterator[Opener]:
    with windows.opener() as opener:
        yield opener
