"""Eight tabs of one browser: more than a browser keeps event streams to one host."""

import pytest

from tests.journeys.conftest import Opener
from tests.journeys.seen import median_told, now, seen_after, watch
from tests.support.api import Api

pytestmark = pytest.mark.second_try

TABS = 8
MESSAGES = 3
# What people are promised is one second; a busy machine must not fail the run.
LIVE_MS = 15_000


def test_a_message_is_in_every_tab(visit: Opener, api: Api) -> None:
    agent = api.enter("agent", "Ada Okafor")
    ticket = api.enter("student", "Tara Tabs").report("The screen is dark.")["id"]
    window = visit("student", "Tara Tabs")
    tabs = [window.open("ticket", id=ticket), *(window.open_tab("ticket", id=ticket) for _ in range(TABS - 1))]
    times = []
    for number in range(MESSAGES):
        text = f"Message number {number}."
        for tab in tabs:
            watch(tab, text)
        sent = now()
        agent.say(ticket, text)
        times += [seen_after(tab, sent) for tab in tabs]
    assert median_told(f"A message in each of {TABS} tabs", times) < LIVE_MS
