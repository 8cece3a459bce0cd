"""A browser of one person in front of the desk, and a record of all that it did."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Locator,
    Page,
    Request,
    ViewportSize,
    WebSocket,
    expect,
)

from tests.lodge.waiting import wait_until

SCREEN = Path(__file__).with_name("screen.js")
PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=800)

# On a deep link Streamlit looks for its server beside the page first.
BASE_PATH_PROBE = re.compile(r"http://[^/]+/\w+/_stcore/(health|host-config)")
INNER_SCHEMES = {"data", "blob", "about"}


@dataclass
class Record:
    """`complaints`: everything that a page of ours never does. `frames`: what came over WebSockets."""

    home: str
    complaints: list[str] = field(default_factory=list)
    frames: list[bytes] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("dialog", self._dialog)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        context.on("page", lambda page: page.on("websocket", self._websocket))

    def has_received(self, text: str) -> bool:
        return any(text.encode() in frame for frame in self.frames)

    def _request(self, request: Request) -> None:
        self._address(request.url)

    def _address(self, url: str) -> None:
        address = urlsplit(url)
        if address.netloc != self.home and address.scheme not in INNER_SCHEMES:
            self.complaints.append(f"went to {url}")

    def _console(self, message: ConsoleMessage) -> None:
        is_probe = "404" in message.text and BASE_PATH_PROBE.fullmatch(message.location["url"])
        if message.type in {"error", "warning"} and not is_probe:
            self.complaints.append(f"console: {message.text} ({message.location['url']})")

    def _dialog(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _websocket(self, socket: WebSocket) -> None:
        self._address(socket.url)
        socket.on("framereceived", lambda frame: self.frames.append(_as_bytes(frame)))


def _as_bytes(frame: str | bytes) -> bytes:
    return frame.encode() if isinstance(frame, str) else frame


class Window:
    """`page` is the first tab; others share its cookies."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.url = url
        self.record = Record(urlsplit(url).netloc)
        self.record.watch(context)
        context.add_init_script(path=SCREEN)
        self.page = context.new_page()

    def enter(self, role: str, name: str) -> Self:
        """Without the door, which has tests of its own."""
        answer = self.context.request.post(
            f"{self.url}/enter", data={"role": role, "name": name}, headers={"Origin": self.url}
        )
        assert answer.status == 204, answer.text()
        return self

    def open(self, page: str = "", **query: str | int) -> Page:
        return show(self.page, self.address(page, **query))

    def open_tab(self, page: str = "", **query: str | int) -> Page:
        return show(self.context.new_page(), self.address(page, **query))

    def address(self, page: str = "", **query: str | int) -> str:
        return f"{self.url}/{page}" + (f"?{urlencode(query)}" if query else "")

    def assert_clean(self) -> None:
        assert self.record.complaints == []


def show(page: Page, address: str) -> Page:
    """Goes there and waits until the page is drawn."""
    page.goto(address)
    settled(page)
    return page


def settled(page: Page) -> None:
    """Until nothing is being drawn: no run is on, nothing is left from the one before, no component still loads, and
    what opens is open."""
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.locator("[data-stale=true]")).to_have_count(0)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    wait_until(lambda: bool(page.evaluate("journey.isStill()")), "a page in which nothing moves")


def choose(page: Page, label: str, option: str) -> None:
    """In a select box. Its list closes when the page scrolls, as it would for a click outside of what is seen."""
    field = page.get_by_label(label)
    field.scroll_into_view_if_needed()
    settled(page)
    field.click()
    page.get_by_role("option", name=option).click()


def row(page: Page, number: int) -> Locator:
    """The ticket's place in a list."""
    return page.get_by_role("listitem").filter(has=page.get_by_role("link", name=re.compile(rf"^#{number} ")))


def message(page: Page, text: str) -> Locator:
    return page.get_by_role("log", name="Messages").get_by_role("listitem").filter(has_text=text)


def text_of(page: Page) -> str:
    """All of it, shown or not."""
    return str(page.evaluate("journey.text()"))
