"""Draws the lives of a batch of tickets: each is planned to its end, and then cut at the present moment.

All fields of a batch are numpy arrays of the same length, with one element per ticket.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lodge.seeding.campus import Campus
from lodge.seeding.clock import Clock, Moments

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NEVER = 4e12  # later than any present moment
CATEGORY_SHARES = [0.38, 0.42, 0.20]  # facilities, technical, services
PRIORITY_SHARES = [0.12, 0.71, 0.13, 0.04]
RESOLUTION_HOURS = np.array([62.0, 28.0, 75.0])  # medians, in office hours
PRIORITY_PACE = np.array([2.0, 1.0, 0.45, 0.12])
WITHDRAWN = 0.04  # share of the tickets that their requester closes before work on them starts
REASSIGNED = 0.1
ROUTED = 0.6  # share of the tickets that a manager puts into a team's queue before anybody has them


@dataclass
class Lives:
    """A moment that has not come is `NEVER`. People and buildings are indexes in the campus's lists, -1 for none."""

    now: float
    opened: Moments
    category: Ints
    priority: Ints
    building: Ints
    floor: Ints
    door: Ints  # the room's number on its floor, -1 for none
    requester: Ints
    routed: Moments  # put into their team's queue by a manager, before anybody had them
    triaged: Moments  # assigned by a manager, before the work began
    started: Moments
    responded: Moments
    reassigned: Moments
    closed: Moments
    assignee: Ints  # the first one
    next_assignee: Ints
    manager: Ints
    is_withdrawn: Bools
    closed_by_requester: Bools
    is_confidential: Bools

    def __len__(self) -> int:
        return len(self.opened)

    @property
    def is_closed(self) -> Bools:
        return self.closed < NEVER

    @property
    def is_started(self) -> Bools:
        return self.started < NEVER

    @property
    def present_assignee(self) -> Ints:
        assigned = np.where(self.reassigned < NEVER, self.next_assignee, self.assignee)
        return np.where(self.is_started | (self.triaged < NEVER), assigned, -1)

    @property
    def in_team_since(self) -> Moments:
        """Returns when each ticket came into the queue of its category's team: when it was routed, or else assigned."""
        return np.minimum(self.routed, np.minimum(self.triaged, self.started))

    @property
    def end(self) -> Moments:
        """Returns when each ticket was closed, or the present moment if it is not."""
        return np.minimum(self.closed, self.now)


def live(rng: np.random.Generator, campus: Campus, office: Clock, opened: Moments, now: float) -> Lives:
    """Draws the lives of tickets opened at these moments, up to `now`."""
    n = len(opened)
    category = rng.choice(3, size=n, p=CATEGORY_SHARES)
    priority = rng.choice(4, size=n, p=PRIORITY_SHARES)
    first_student = len(campus.staff)
    building = np.where(rng.random(n) < 0.85, _pick(rng, 0.7, len(campus.buildings), n), -1)
    has_room = (building >= 0) & (rng.random(n) < 0.7)
    lives = Lives(
        now=now,
        opened=opened,
        routed=np.full(n, NEVER),
        category=category,
        priority=priority,
        building=building,
        floor=rng.integers(0, np.array([*campus.floors, 1])[building]),
        door=np.where(has_room, rng.integers(1, 32, n), -1),
        requester=first_student + _pick(rng, 0.8, len(campus.students), n),
        assignee=_specialist(rng, campus, category),
        next_assignee=_specialist(rng, campus, category),
        manager=len(campus.agents) + rng.integers(0, 2, n),
        is_withdrawn=rng.random(n) < WITHDRAWN,
        closed_by_requester=rng.random(n) < 0.22,
        is_confidential=rng.random(n) < np.array([0.001, 0.002, 0.012])[category],
        **_plan(rng, office, opened, category, priority),
    )
    # Draws of its own, so that all others of a seed stay what they were before tickets had teams.
    lives.routed = _routed(rng.spawn(1)[0], lives)
    _cut(lives, rng)
    return lives


def _routed(rng: np.random.Generator, lives: Lives) -> Moments:
    first = np.minimum(lives.triaged, lives.started)
    at = lives.opened + np.floor((first - lives.opened) * rng.uniform(0.05, 0.5, len(lives)))
    return np.where(rng.random(len(lives)) < ROUTED, at, NEVER)


def _specialist(rng: np.random.Generator, campus: Campus, category: Ints) -> Ints:
    """Draws an agent for each ticket. Each category has a third of the agents, who work in any category in one case of
    eight."""
    agents = len(campus.agents)
    team = np.where(rng.random(len(category)) < 0.125, rng.integers(0, 3, len(category)), category)
    return _pick(rng, 0.8, (agents - team + 2) // 3, len(category)) * 3 + team


def _pick(rng: np.random.Generator, skew: float, choices: Ints | int, size: int) -> Ints:
    """Draws indexes in lists of `choices` elements. With a skew below 1, lower indexes are drawn more often."""
    picked: Ints = np.minimum((rng.power(skew, size) * choices).astype(np.int64), choices - 1)
    return picked


def _plan(
    rng: np.random.Generator, office: Clock, opened: Moments, category: Ints, priority: Ints
) -> dict[str, Moments]:
    """Draws the moments of each life up to its end, regardless of the present moment."""
    n, pace, start = len(opened), PRIORITY_PACE[priority], office.amount(opened)
    is_overlooked = rng.random(n) < 0.18
    response = rng.lognormal(np.log(np.where(is_overlooked, 45.0, 1.3) * np.sqrt(pace)), 1.1)
    resolution = response + rng.lognormal(np.log(RESOLUTION_HOURS[category] * pace), 1.4)
    started = np.maximum(np.floor(office.at(start + response * rng.uniform(0.5, 0.98, n))), opened + 40)
    responded = np.maximum(np.floor(office.at(start + response)), started + 30)
    reassigned = np.floor(office.at(start + response + (resolution - response) * rng.uniform(0.05, 0.7, n)))
    closed = np.maximum(np.floor(office.at(start + resolution)), responded + 240)
    return {
        "triaged": np.where(
            rng.random(n) < 0.25, opened + np.floor((started - opened) * rng.uniform(0.1, 0.9, n)), NEVER
        ),
        "started": started,
        "responded": responded,
        "reassigned": np.where(rng.random(n) < REASSIGNED, np.clip(reassigned, responded + 60, closed - 60), NEVER),
        "closed": closed,
    }


def _cut(lives: Lives, rng: np.random.Generator) -> None:
    """Closes withdrawn tickets before work on them starts, and sets moments after the present to `NEVER`."""
    gone = lives.is_withdrawn
    early = lives.opened + 20 + np.floor((lives.started - lives.opened) * rng.uniform(0.05, 0.9, len(lives)))
    lives.closed = np.where(gone, np.minimum(early, lives.started), lives.closed)
    for name in ("routed", "triaged", "started", "responded", "reassigned"):
        moments = getattr(lives, name)
        setattr(lives, name, np.where(gone | (moments > lives.now), NEVER, moments))
    lives.closed = np.where(lives.closed > lives.now, NEVER, lives.closed)
    lives.reassigned = np.where(lives.next_assignee == lives.assignee, NEVER, lives.reassigned)
