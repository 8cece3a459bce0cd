"""Eight tabs of one browser: more than a browser keeps event streams to one host."""

from playwright.sync_api import expect

from tests.journeys.conftest import Opener
from tests.journeys.window import message
from tests.support.api import Api

TABS = 8


def test_a_message_is_in_every_tab(visit: Opener, api: Api) -> None:
    agent = api.enter("agent", "Ada Okafor")
    ticket = api.enter("student", "Tara Tabs").report("The screen is dark.")["id"]
    window = visit("student", "Tara Tabs")
    tabs = [window.open("ticket", id=ticket), *(window.open_tab("ticket", id=ticket) for _ in range(TABS - 1))]
    agent.say(ticket, "Is it plugged in?")
    for tab in tabs:
        expect(message(tab, "Is it plugged in?")).to_be_visible()
