"""Colleagues of the demo campus who mention each other in internal notes."""

from typing import NamedTuple

from contracts.people import Role
from data_api.sessions.service import NAMELESS


class DemoMention(NamedTuple):
    """A note under the `place`th newest ticket that somebody works on, written so many hours ago. It begins with the
    name of the mentioned person."""

    place: int
    hours: int
    text: str
    is_seen: bool


# Whoever signs in as an agent without a name.
DEMO_AGENT = NAMELESS[Role.AGENT]
MENTIONS = [
    DemoMention(2, 30, "you know this building: does the main switch need a key?", True),
    DemoMention(1, 20, "the requester asks for a date. Can you promise Thursday?", True),
    DemoMention(0, 1, "could you call them before noon? I am in the other house until then.", False),
]
