"""The campus of a seed: its buildings, staff and students, drawn once per run."""

from dataclasses import dataclass

import numpy as np

from contracts.base import name_key
from contracts.people import Role
from data_api.kit.slugs import slug_from
from lodge.seeding.names import all_first_names, all_last_names, names_of
from lodge.seeding.texts import LANGUAGES

BUILDINGS = {
    "Main Library": 5,
    "Science Library": 3,
    "Building A": 4,
    "Building B": 4,
    "Building C": 6,
    "Auditorium Maximum": 2,
    "Chemistry Tower": 9,
    "Physics Institute": 5,
    "Mathematics Centre": 4,
    "Computer Science Centre": 5,
    "Engineering Hall": 3,
    "Life Sciences Centre": 6,
    "Medical School": 7,
    "Law Faculty": 4,
    "School of Economics": 5,
    "Humanities House": 4,
    "School of Music": 3,
    "Art Studios": 2,
    "Language Centre": 3,
    "Student Union": 3,
    "Central Canteen": 2,
    "Sports Centre": 2,
    "North Residence": 8,
    "South Residence": 8,
    "Administration": 3,
}
LANGUAGE_SHARES = {"en": 0.46, "it": 0.15, "de": 0.13, "fr": 0.1, "es": 0.1, "pt": 0.06}
WRITES_ENGLISH = 0.3  # share of the people with another first language


@dataclass(frozen=True)
class Newcomer:
    """A person to be added. A user who signs in by choosing this role and name becomes this person."""

    name: str
    role: Role
    language: str = "en"

    @property
    def entry_key(self) -> str:
        return f"{self.role}:{name_key(self.name)}"


@dataclass(frozen=True)
class Campus:
    buildings: dict[str, str]  # name by slug
    floors: list[int]
    agents: list[Newcomer]
    leads: list[Newcomer]  # managers, administrators and analysts
    students: list[Newcomer]

    @property
    def staff(self) -> list[Newcomer]:
        return [*self.agents, *self.leads]

    @property
    def people(self) -> list[Newcomer]:
        return [*self.staff, *self.students]


def make_campus(rng: np.random.Generator, tickets: int) -> Campus:
    """Returns a campus for this number of tickets, with one student for every twelve tickets, and 15 to 39 staff."""
    agents = min(34, 10 + tickets // 20_000)
    return Campus(
        buildings={slug_from(name): name for name in BUILDINGS},
        floors=list(BUILDINGS.values()),
        agents=_newcomers(rng, agents, Role.AGENT),
        leads=[
            *_newcomers(rng, 2, Role.MANAGER),
            *_newcomers(rng, 1, Role.ADMIN),
            *_newcomers(rng, 2, Role.ANALYST),
        ],
        students=_newcomers(rng, max(30, tickets // 12), Role.STUDENT),
    )


def _newcomers(rng: np.random.Generator, count: int, role: Role) -> list[Newcomer]:
    """Returns `count` people with distinct names. When a name is taken, middle names are added."""
    shares = [LANGUAGE_SHARES[language] for language in LANGUAGES]
    taken: dict[str, Newcomer] = {}
    while len(taken) < count:
        for language in rng.choice(LANGUAGES, size=count - len(taken), p=shares).tolist():
            name = _name(rng, language)
            while name.casefold() in taken:
                first, _, rest = name.partition(" ")
                name = (
                    f"{first} {rng.choice(all_first_names())} {rest}" if rest.count(" ") < 2 else _name(rng, language)
                )
            taken[name.casefold()] = Newcomer(name, role, "en" if rng.random() < WRITES_ENGLISH else language)
    return list(taken.values())


def _name(rng: np.random.Generator, language: str) -> str:
    """Draws a name of this language; one in five has a last name from any language."""
    first, last = names_of(language)
    lasts = all_last_names() if rng.random() < 0.2 else last
    return f"{first[rng.integers(len(first))]} {lasts[rng.integers(len(lasts))]}"
