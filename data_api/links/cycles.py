"""Finds how one ticket blocks another by way of further ones. Pure functions."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple


class Step(NamedTuple):
    """`is_direct`: `one` blocks `other` itself, and not by way of tickets between them."""

    one: int
    other: int
    is_direct: bool


def shortest_way(links: Iterable[tuple[int, int]], start: int, goal: int) -> list[int]:
    """Returns the tickets from `start` to `goal`, each of which blocks the next one; [] if there is no way. `links` are
    pairs of a ticket and one that it blocks."""
    blocked: defaultdict[int, list[int]] = defaultdict(list)
    for one, other in links:
        blocked[one].append(other)
    came_from, waiting = {start: start}, deque([start])
    while waiting and goal not in came_from:
        here = waiting.popleft()
        for there in blocked[here]:
            if there not in came_from:
                came_from[there] = here
                waiting.append(there)
    if goal not in came_from:
        return []
    way = [goal]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]


def steps_between(way: Sequence[int], readable: Collection[int]) -> list[Step]:
    """Returns the way as its reader may know it: without the tickets that they may not read."""
    known = [place for place, ticket in enumerate(way) if ticket in readable]
    return [Step(way[here], way[there], there - here == 1) for here, there in pairwise(known)]
