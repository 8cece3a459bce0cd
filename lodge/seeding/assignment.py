"""How the demo campus assigns new tickets: rules, working hours, and the buildings that people know."""

from collections.abc import Sequence
from typing import NamedTuple

# Monday to Friday from 8:00 to 18:00, in minutes of the week.
OFFICE_HOURS = "{" + ", ".join(f"[{day * 1440 + 480},{day * 1440 + 1080})" for day in range(5)) + "}"


class DemoRule(NamedTuple):
    """`team`, `categories` and `buildings` are slugs; `priorities` are from 0 to 3."""

    name: str
    is_on: bool
    team: str
    categories: list[str]
    buildings: list[str]
    priorities: list[int]
    words: list[str]


RULES = [
    DemoRule("Wi-Fi", True, "it-support", [], [], [], ["wifi", "wi-fi", "wlan", "eduroam"]),
    DemoRule(
        "Urgent in the residences",
        True,
        "facilities",
        ["facility-management"],
        ["north-residence", "south-residence"],
        [2, 3],
        [],
    ),
    # Off, so that one can try it first.
    DemoRule("Complaints", False, "services", ["services-complaints"], [], [], []),
]


def buildings_known(agents: Sequence[int], buildings: Sequence[int]) -> list[tuple[int, int]]:
    """Gives each agent two buildings that they know about."""
    count = len(buildings)
    return [(agent, buildings[(2 * nth + step) % count]) for nth, agent in enumerate(agents) for step in (0, 1)]
