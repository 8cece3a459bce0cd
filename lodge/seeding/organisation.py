"""The teams of a seeded campus, and a role that the administrators of the demo made."""

from collections.abc import Sequence
from typing import NamedTuple

from contracts.people import Permission


class DemoTeam(NamedTuple):
    """`people` are ids; the first one leads the team. `categories` are what its people know about. `capacity` is of
    each of them."""

    slug: str
    name: str
    description: str
    categories: list[str]
    capacity: int
    people: list[int]


class DemoRole(NamedTuple):
    slug: str
    name: str
    description: str
    permissions: list[str]


DISPATCHER = DemoRole(
    "dispatcher",
    "Dispatcher",
    "Decides who works on what, and keeps the teams.",
    [
        permission.value
        for permission in (
            Permission.TICKETS_REPORT,
            Permission.TICKETS_READ_SHARED,
            Permission.TICKETS_READ_ALL,
            Permission.TICKETS_WORK,
            Permission.PEOPLE_READ,
            Permission.TEAMS_MANAGE,
            Permission.ANALYSES_READ,
        )
    ],
)


def teams_of(agents: Sequence[int]) -> list[DemoTeam]:
    """Divides the agents, given by id, into three teams, in the order of `writer.CATEGORIES`: each has the agents who
    mostly work on that category."""
    return [
        DemoTeam("facilities", "Facilities", "Buildings and rooms.", ["facility-management"], 8, [*agents[0::3]]),
        DemoTeam("it-support", "IT support", "Networks, computers, printers.", ["technical-it"], 12, [*agents[1::3]]),
        DemoTeam("services", "Student services", "All else.", ["services-complaints"], 10, [*agents[2::3]]),
    ]
