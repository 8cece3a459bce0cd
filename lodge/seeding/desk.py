"""The desk that is seeded: its campus, and the ids of people, buildings and categories in the database."""

from dataclasses import dataclass

import numpy as np

from lodge.seeding.board import Board
from lodge.seeding.campus import Campus
from lodge.seeding.clock import Clock
from lodge.seeding.lives import Ints, Lives
from lodge.seeding.writer import Place


@dataclass(frozen=True)
class Desk:
    """`people` and `buildings` are ids in the order of the campus's lists. `categories` are (slug, id) in the order of
    `writer.CATEGORIES`, and so are `teams`, the team of each of them; None where the desk has no such team. `now` is in
    seconds since 1970."""

    campus: Campus
    office: Clock
    now: float
    people: Ints
    buildings: Ints
    categories: list[tuple[str, int]]
    teams: list[tuple[str, int] | None]
    board: Board

    @property
    def category_ids(self) -> Ints:
        return np.array([number for _, number in self.categories])

    @property
    def team_ids(self) -> Ints:
        """Returns the ids of the teams, 0 for one that the desk does not have."""
        return np.array([team[1] if team else 0 for team in self.teams])

    @property
    def team_slugs(self) -> list[str | None]:
        return [team[0] if team else None for team in self.teams]

    def languages(self, lives: Lives) -> list[str]:
        """Returns the languages of the tickets' requesters."""
        people = self.campus.people
        return [people[place].language for place in lives.requester.tolist()]

    def first_names(self, lives: Lives) -> list[str]:
        people = self.campus.people
        return [people[place].name.split()[0] for place in lives.requester.tolist()]

    def places(self, lives: Lives) -> list[Place]:
        names = [*self.campus.buildings.values(), ""]
        return [
            Place(names[building], f"{floor}.{door:02d}" if door >= 0 else "")
            for building, floor, door in zip(
                lives.building.tolist(), lives.floor.tolist(), lives.door.tolist(), strict=True
            )
        ]


@dataclass(frozen=True)
class Reserved:
    """Ids reserved for this batch: one for each ticket, and at least one for each message."""

    tickets: Ints
    messages: Ints
