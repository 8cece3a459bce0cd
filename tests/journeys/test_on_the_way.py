"""What happens while one page takes the place of another. The browser's own events come while it is asked something."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.journeys.conftest import Opener
from tests.journeys.window import message, row, settled, show
from tests.lodge.waiting import wait_until
from tests.support.api import Api


@dataclass
class ServiceClient:
    """Between a page and its server. It can hold up what the server says, and can repeat the page's last request for a
    part of itself, as if the page sent it before it hears that it is another one by now.
    """

    is_held: bool = False
    holds_from_beginning: bool = False
    waiting: list[str | bytes] = field(default_factory=list)
    part: bytes | None = None
    is_repeating: bool = False
    repeated: int = 0

    def connect(self, page: WebSocketRoute) -> None:
        self.page = page
        self.server = page.connect_to_server()
        self.server.on_message(self._carry)
        page.on_message(self._ask)

    def let_go(self) -> None:
        self.is_held = False
        for held in self.waiting:
            self.page.send(held)

    def has_waiting(self, text: re.Pattern[bytes]) -> bool:
        return any(text.search(message) for message in self.waiting if isinstance(message, bytes))

    def _ask(self, message: str | bytes) -> None:
        self.server.send(message)
        if not isinstance(message, bytes):
            return
        asked = BackMsg.FromString(message)
        if asked.WhichOneof("type") != "rerun_script":
            return
        if self.is_repeating:
            self._repeat()
        elif asked.rerun_script.fragment_id:
            self.part = message

    def _carry(self, message: str | bytes) -> None:
        if self.is_held:
            self.waiting.append(message)
        else:
            self.page.send(message)
        told = ForwardMsg.FromString(message) if isinstance(message, bytes) else ForwardMsg()
        if self.is_repeating and told.HasField("new_session"):
            self._repeat()
        if self.holds_from_beginning and told.session_status_changed.script_is_running:
            self.is_held, self.holds_from_beginning = True, False

    def _repeat(self) -> None:
        if self.part:
            self.server.send(self.part)
            self.repeated += 1


def test_what_is_reported_after_a_page_was_read_and_before_it_is_drawn_is_seen_on_it(visit: Opener, api: Api) -> None:
    student = api.enter("student", "Wanda Way")
    known = student.report("The tap drips.")["id"]
    window, wire = visit("agent", "Ada Okafor"), ServiceClient()
    page = window.context.new_page()
    page.route_web_socket(re.compile("/_stcore/stream"), wire.connect)
    show(page, window.address("ticket", id=known))

    wire.is_held = True
    page.get_by_role("link", name="Back to the queue").click()
    in_queue = re.compile(rf'lodge_ticket_table.*"id": ?{known}\b'.encode(), re.DOTALL)
    wait_until(lambda: bool(page.title()) and wire.has_waiting(in_queue), "a queue that was read")
    news = student.report("The tap drips on.")["id"]
    wait_until(lambda: bool(page.title()) and window.record.has_received(f'"ticket_id":{news}'), "news of the report")
    wire.let_go()
    expect(row(page, news)).to_be_visible()


def test_what_comes_while_a_page_is_drawn_is_asked_for_once_it_is(visit: Opener, api: Api) -> None:
    student, agent = api.enter("student", "Wanda Way"), api.enter("agent", "Ben Ito")
    ticket = student.report("The tap drips.")["id"]
    window, wire = visit("agent", "Ada Okafor"), ServiceClient()
    page = window.context.new_page()
    page.route_web_socket(re.compile("/_stcore/stream"), wire.connect)
    show(page, window.address("ticket", id=ticket))
    wait_until(lambda: bool(page.title()) and window.record.has_received('{"unread":'), "a line that hears everything")
    wire.holds_from_beginning = True
    agent.say(ticket, "Message 0.")
    wait_until(lambda: bool(page.title()) and wire.is_held, "a page that is being drawn")
    wire.part = None
    for number in range(1, 4):
        window.record.forget()
        agent.say(ticket, f"Message {number}.")
        wait_until(lambda: bool(page.title()) and window.record.has_received(f'"ticket_id":{ticket}'), "news")
    assert wire.part is None
    wire.let_go()
    expect(message(page, "Message 3.")).to_be_visible()


def test_a_part_of_the_page_before_leaves_the_new_page_alone(visit: Opener, api: Api) -> None:
    """By a link, by the browser's Back, and by a row of a list."""
    student, agent = api.enter("student", "Wanda Way"), api.enter("agent", "Ada Okafor")
    ticket = student.report("The tap drips.")["id"]
    window, wire = visit("agent", "Ada Okafor"), ServiceClient()
    page = window.context.new_page()
    page.route_web_socket(re.compile("/_stcore/stream"), wire.connect)
    show(page, window.address("queue"))
    wait_until(
        lambda: bool(page.title()) and window.record.has_received('{"unread":'), "a line that hears of every change"
    )
    for heading, change_page in (
        ("Overview", lambda: page.get_by_test_id("stSidebar").get_by_role("link", name="Overview").click()),
        ("Queue", page.go_back),
        ("The tap drips.", lambda: row(page, ticket).get_by_role("link").click()),
    ):
        wire.part = None
        agent.say(ticket, f"Before {heading}")
        wait_until(lambda: bool(page.title()) and wire.part is not None, "a part that is asked for")
        settled(page)
        wire.is_repeating, wire.repeated = True, 0
        change_page()
        wait_until(lambda: bool(page.title()) and wire.repeated > 1, "a part of the page before asked for")
        wire.is_repeating = False
        expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        settled(page)
        expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
    agent.say(ticket, "Somebody comes.")
    expect(message(page, "Somebody comes.")).to_be_visible()


def test_a_page_that_died_is_loaded_again_with_what_was_typed(visit: Opener, api: Api) -> None:
    """It dies as it did in the field: of something drawn that has no place, and of a name for something that the
    browser no longer has. A page that dies again and again says so instead.
    """
    ticket = api.enter("student", "Wanda Way").report("The tap drips.")["id"]
    window, wire = visit("student", "Wanda Way"), ServiceClient()
    page = window.context.new_page()
    page.route_web_socket(re.compile("/_stcore/stream"), wire.connect)
    show(page, window.address("ticket", id=ticket))
    answer = page.get_by_label("Write to the helpdesk")
    without_place, forgotten = ForwardMsg(), ForwardMsg(ref_hash="forgotten")
    without_place.delta.new_element.text.body = "There is no such place."
    without_place.metadata.delta_path.extend([0, 99, 0])
    for deadly, text in ((without_place, "It drips"), (forgotten, "It drips on.")):
        answer.fill(text)
        with page.expect_event("load"):
            wire.page.send(deadly.SerializeToString())
        settled(page)
        expect(answer).to_have_value(text)

    page.evaluate("sessionStorage.setItem('lodge-died', JSON.stringify(Array(3).fill(Date.now())))")
    wire.page.send(without_place.SerializeToString())
    again = page.get_by_role("button", name="Load it again")
    with page.expect_event("load"):
        again.click()
    expect(answer).to_have_value("It drips on.")
    settled(page)
    assert any("Bad delta path" in complaint for complaint in window.record.complaints)
    window.record.forget()
