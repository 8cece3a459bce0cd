"""A page that has died is loaded again: not while its server is away, and not without end."""

import pytest
from playwright.sync_api import Route, expect

from tests.components.bare import DESK, Bare
from tests.components.conftest import Opener
from tests.lodge.waiting import wait_until

pytestmark = pytest.mark.second_try

ASK_AGAIN_AFTER_MS = 2_000
DEATHS = {
    "what was drawn has no place": "document.querySelector('[data-testid=stApp]').remove()",
    "Streamlit gave the connection up": (
        "document.querySelector('[data-testid=stApp]').dataset.testConnectionState = 'DISCONNECTED_FOREVER'"
    ),
}


class Server:
    def __init__(self, part: Bare) -> None:
        self.is_there = True
        self.asked = 0
        part.page.route(f"{DESK}/_stcore/health", self.answer)

    def answer(self, route: Route) -> None:
        self.asked += 1
        route.fulfill(status=200 if self.is_there else 503)


def watched(bare: Opener) -> tuple[Bare, Server]:
    part = bare("reload_dead_page")
    part.draw()
    return part, Server(part)


@pytest.mark.parametrize("death", DEATHS)
def test_a_dead_page_is_loaded_again(bare: Opener, death: str) -> None:
    part, _ = watched(bare)
    with part.page.expect_event("load"):
        part.page.evaluate(DEATHS[death])


def test_a_page_that_lives_is_left_alone(bare: Opener) -> None:
    part, server = watched(bare)
    part.page.evaluate("document.getElementById('root').append(document.createElement('p'))")
    part.page.evaluate("document.querySelector('[data-testid=stApp]').dataset.testConnectionState = 'CONNECTED'")
    part.pass_time(10 * ASK_AGAIN_AFTER_MS)
    assert server.asked == 0


def test_it_waits_for_its_server(bare: Opener) -> None:
    part, server = watched(bare)
    server.is_there = False
    part.page.evaluate("window.isSame = true")
    part.page.evaluate(DEATHS["what was drawn has no place"])
    ask(part, server, 3)
    assert part.page.evaluate("window.isSame") is True
    server.is_there = True
    with part.page.expect_event("load"):
        ask(part, server, server.asked + 1)


def ask(part: Bare, server: Server, times: int) -> None:
    """Until the page has asked so often whether its server is there."""

    def is_asked() -> bool:
        if server.asked < times:
            part.pass_time(ASK_AGAIN_AFTER_MS)
        return server.asked >= times

    wait_until(is_asked, "a page that asks for its server")


def test_one_that_dies_again_and_again_says_so(bare: Opener) -> None:
    part, _ = watched(bare)
    for _ in range(3):
        with part.page.expect_event("load"):
            part.page.evaluate(DEATHS["what was drawn has no place"])
        part.load()
        part.draw()
    part.page.evaluate(DEATHS["what was drawn has no place"])
    expect(part.page.get_by_role("alert")).to_contain_text("This page has stopped working.")
    with part.page.expect_event("load"):
        part.page.get_by_role("button", name="Load it again").click()
