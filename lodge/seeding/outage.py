"""A demo's WiFi outage: a few recent reports of one problem in one building, still open. Who reports it once more is
shown them."""

import numpy as np

from lodge.seeding.campus import Campus
from lodge.seeding.lives import NEVER, Ints, Lives
from lodge.seeding.texts.words import TECHNICAL
from lodge.seeding.writer import CATEGORIES

PROBLEM = 0  # of its category's problems in every language
BUILDING = 0


def strike(lives: Lives, campus: Campus, count: int) -> Ints:
    """The places of the tickets that are now about it: every other one of the latest."""
    places = len(lives) - 2 - 2 * np.arange(count)
    lives.category[places] = CATEGORIES.index(TECHNICAL)
    lives.building[places] = BUILDING
    lives.floor[places] %= campus.floors[BUILDING]
    lives.is_withdrawn[places] = False
    lives.is_confidential[places] = False
    lives.closed[places] = NEVER
    return places
