"""The order in which many tickets are changed. Pure functions."""

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter


def blockers_first(ids: Iterable[int], blockers: Mapping[int, Sequence[int]]) -> list[int]:
    """Returns these tickets so that each comes after those of them that block it. Those that wait for none come first,
    by their numbers. `blockers` says what blocks a ticket."""
    numbers = sorted(ids)
    among = set(numbers)
    sorter: TopologicalSorter[int] = TopologicalSorter(dict.fromkeys(numbers, ()))
    for number in numbers:
        sorter.add(number, *(one for one in blockers.get(number, ()) if one in among))
    try:
        return list(sorter.static_order())
    except CycleError:  # links do not form one, unless somebody has written them by hand
        return numbers
