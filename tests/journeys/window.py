"""A browser of one person in front of the desk, and a record of all that it did."""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Error,
    Locator,
    Page,
    Request,
    TimeoutError,
    ViewportSize,
    WebSocket,
    expect,
)
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.lodge.waiting import wait_until
from tests.support.looks import SCREEN

LIST_MS = 5_000
# Intervals of a second and more never come round: a page is drawn again for what happened, not because time has passed.
# Whoever waits for something on it waits in vain where nothing is told.
ONLY_WHAT_HAPPENS = """
    const { setInterval } = window;
    window.setInterval = (call, pause, ...given) => pause < 1000 ? setInterval(call, pause, ...given) : 0;
"""
# What Streamlit's server answers to whoever asks whether it is there: no page, and none of ours is behind it.
NOT_OURS = "_stcore/health"

# As many as through a page of the queue and around to the menu.
MOST_STEPS = 90
FOCUSED = """() => {
  let one = document.activeElement;
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  const label = one.ariaLabel ?? [...(one.labels ?? [])].map((label) => label.textContent).join(" ");
  return (label || one.textContent || "").trim();
}"""
# Asks Streamlit to resume the session of this number, as its own script does after a lost connection.
RESUME = """
    const Real = WebSocket;
    window.WebSocket = class extends Real {{
      constructor(url, protocols) {{
        const isTheirs = Array.isArray(protocols) && protocols[0] === "streamlit";
        super(url, isTheirs ? ["streamlit", protocols[1] || "PLACEHOLDER_AUTH_TOKEN", "{number}"] : protocols);
      }}
    }};
"""

# On a deep link Streamlit looks for its server beside the page first.
BASE_PATH_PROBE = re.compile(r"https?://[^/]+/\w+/_stcore/(health|host-config)")
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

    def forget(self) -> None:
        self.complaints.clear()
        self.frames.clear()

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

    def __init__(
        self, context: BrowserContext, url: str, size: ViewportSize, *, is_drawn_by_time: bool = False
    ) -> None:
        self.context = context
        self.url = url
        self.size = size
        self.is_drawn_by_time = is_drawn_by_time
        self.record = Record(urlsplit(url).netloc)
        self.record.watch(context)
        context.add_init_script(path=SCREEN)
        if not is_drawn_by_time:
            context.add_init_script(ONLY_WHAT_HAPPENS)
        self.page = context.new_page()

    def leave(self) -> None:
        """Nothing of ours is shown or kept any more. The first tab stays, and with it what it has loaded: the next one
        who sits down here waits half as long."""
        for page in self.context.pages:
            if page is not self.page:
                page.close()
        self.page.mouse.move(0, 0)
        self.page.set_viewport_size(self.size)
        wait_until(self._shows_nothing_of_ours, "a tab that shows and keeps nothing of ours")
        self.context.clear_cookies()

    def _shows_nothing_of_ours(self) -> bool:
        """A page that is going somewhere by itself at this moment, as after signing out, cuts the first try short."""
        with suppress(Error):
            self.page.goto(self.address(NOT_OURS))
            self.page.evaluate("localStorage.clear(); sessionStorage.clear()")
            return True
        return False

    def enter(self, role: str, name: str) -> Self:
        """Without the door, which has tests of its own."""
        # The connection may be one that was kept from the test before, which the server closes at this moment.
        answer = self.context.request.post(
            f"{self.url}/enter", data={"role": role, "name": name}, headers={"Origin": self.url}, max_retries=2
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
        assert self.record.complaints == [], self.record.complaints


def show(page: Page, address: str) -> Page:
    """Goes there and waits until the page is drawn."""
    page.goto(address)
    settled(page)
    return page


def settled(page: Page) -> None:
    """Until nothing is being drawn: no run is on or asked for, nothing is left from the one before, no component still
    loads, and what opens is open."""
    expect(page.locator("h1").first).to_be_visible()
    wait_until(lambda: bool(page.evaluate("looks.isSettled()")), "a page that is drawn and moves no more", 30)


def choose(page: Page, label: str, option: str) -> None:
    """In a select box. Its list closes when the page scrolls, also by itself because something above the box grows:
    whoever sees that opens it again."""
    # The list is called as the box is.
    field = page.get_by_label(label).and_(page.locator("input:not([type=checkbox])"))
    wanted = page.get_by_role("option", name=option, exact=True)
    field.scroll_into_view_if_needed()
    settled(page)

    def is_chosen() -> bool:
        field.click()
        # What a long list does not show is not there.
        field.fill(option)
        with suppress(TimeoutError):
            wanted.click(timeout=LIST_MS)
            return True
        return False

    wait_until(is_chosen, f"{option!r} chosen in {label!r}", 30)


def add_team(page: Page, name: str) -> None:
    """On the page of teams. Of one that is made elsewhere, the pages know only half a minute later."""
    page.get_by_role("button", name="Add a team").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill(name)
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("list", name="Teams")).to_contain_text(name)
    settled(page)


def row(page: Page, number: int) -> Locator:
    """The ticket's place in a list."""
    places = page.get_by_role("listitem").or_(page.get_by_role("row"))
    return places.filter(has=page.get_by_role("link", name=re.compile(rf"^#{number} ")))


def message(page: Page, text: str) -> Locator:
    return page.get_by_role("log", name="Messages").get_by_role("listitem").filter(has_text=text)


def text_of(page: Page) -> str:
    """All of it, shown or not."""
    return str(page.evaluate("looks.text()"))


def tab_to(page: Page, name: str) -> None:
    """Tab after Tab until what is focused is called so (its name begins with it)."""
    passed = []
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        passed.append(page.evaluate(FOCUSED))
        if passed[-1].startswith(name):
            return
    raise AssertionError(f"{name!r} was not reached; passed: {passed}")


def streamlit_session(window: Window) -> str:
    """The number that Streamlit gave this tab's session."""
    numbers: list[str] = []

    def read(frame: str | bytes) -> None:
        message = ForwardMsg.FromString(frame) if isinstance(frame, bytes) else ForwardMsg()
        if message.HasField("new_session"):
            numbers.append(message.new_session.initialize.session_id)

    def listen(socket: WebSocket) -> None:
        if "_stcore/stream" in socket.url:
            socket.on("framereceived", read)

    window.page.on("websocket", listen)
    window.open("ticket")
    window.page.remove_listener("websocket", listen)
    return numbers[-1]


def resume(window: Window, number: str) -> None:
    """Opens the session that had this number in another browser. The server notices only a moment later that nobody
    holds it any more."""
    with window.page.add_init_script(RESUME.format(number=number)):
        wait_until(lambda: streamlit_session(window) == number, "the other one's session", 60)
