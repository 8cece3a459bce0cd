"""The demo's WiFi outage: a few recent and still open reports of one problem in one building. A user who reports the
problem again is shown these tickets."""

import numpy as np

from lodge.seeding.campus import Campus
from lodge.seeding.lives import NEVER, Ints, Lives
from lodge.seeding.texts.words import TECHNICAL
from lodge.seeding.writer import CATEGORIES

PROBLEM = 0  # the index among its category's problems, in every language
BUILDING = 0


def strike(lives: Lives, campus: Campus, count: int) -> Ints:
    """Changes every other one of the latest tickets into a report of the outage, and returns the tickets' indexes."""
    places = len(lives) - 2 - 2 * np.arange(count)
    lives.category[places] = CATEGORIES.index(TECHNICAL)
    lives.building[places] = BUILDING
    lives.floor[places] %= campus.floors[BUILDING]
    lives.is_withdrawn[places] = False
    lives.is_confidential[places] = False
    lives.closed[places] = NEVER
    return places
