"""What happens while one page takes the place of another. The browser's own events come while it is asked something."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import WebSocketRoute, expect

from tests.journeys.conftest import Opener
from tests.journeys.window import ONLY_WHAT_HAPPENS, row, show
from tests.lodge.waiting import wait_until
from tests.support.api import Api


@dataclass
class Wire:
    """Between a page and its server, which is held up at times."""

    is_held: bool = False
    waiting: list[str | bytes] = field(default_factory=list)

    def connect(self, page: WebSocketRoute) -> None:
        self.page = page
        page.connect_to_server().on_message(self._carry)

    def let_go(self) -> None:
        self.is_held = False
        for message in self.waiting:
            self.page.send(message)

    def has_waiting(self, text: re.Pattern[bytes]) -> bool:
        return any(text.search(message) for message in self.waiting if isinstance(message, bytes))

    def _carry(self, message: str | bytes) -> None:
        if self.is_held:
            self.waiting.append(message)
        else:
            self.page.send(message)


def test_what_is_reported_after_a_page_was_read_and_before_it_is_drawn_is_seen_on_it(visit: Opener, api: Api) -> None:
    student = api.enter("student", "Wanda Way")
    known = student.report("The tap drips.")["id"]
    window, wire = visit("agent", "Ada Okafor"), Wire()
    page = window.context.new_page()
    page.add_init_script(ONLY_WHAT_HAPPENS)
    page.route_web_socket(re.compile("/_stcore/stream"), wire.connect)
    show(page, window.address("ticket", id=known))

    wire.is_held = True
    page.get_by_role("link", name="Back to the queue").click()
    in_queue = re.compile(rf'lodge_rows.*"id": ?{known}\b'.encode(), re.DOTALL)
    wait_until(lambda: bool(page.title()) and wire.has_waiting(in_queue), "a queue that was read")
    news = student.report("The tap drips on.")["id"]
    wait_until(lambda: bool(page.title()) and window.record.has_received(f'"ticket_id":{news}'), "news of the report")
    wire.let_go()
    expect(row(page, news)).to_be_visible()
