"""Lists of names and texts, with one file for each language."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent
LANGUAGES = ["en", "de", "it", "fr", "es", "pt"]
FACILITY, TECHNICAL, SERVICES = "facility-management", "technical-it", "services-complaints"

ByCategory = dict[str, list[str]]


class Problem(NamedTuple):
    """The title of a report, its first sentence, and the tag that staff may add."""

    title: str
    text: str
    tag: str


@dataclass(frozen=True)
class Words:
    """Texts with slots: {place} {since} {number} {course} {hour}; in messages {name} is the requester's first name.

    Texts that depend on the ticket's subject are grouped by category slug. `extra` holds second sentences that some
    reports add. `places` holds three patterns: for room and building, for a building alone, and for neither.
    """

    first_names: list[str]
    last_names: list[str]
    places: list[str]
    since: list[str]
    greetings: list[str]
    closings: list[str]
    extra: ByCategory
    problems: dict[str, list[Problem]]
    first: ByCategory
    update: ByCategory
    solved: ByCategory
    answer: list[str]
    nudge: list[str]
    again: list[str]
    thanks: list[str]


@cache
def words_of(language: str) -> Words:
    read = _read(language)
    problems = {category: [Problem(**one) for one in some] for category, some in read.pop("problems").items()}
    return Words(problems=problems, **read)


@cache
def internal_notes() -> list[str]:
    """Returns the internal notes of staff, which are in English only."""
    notes: list[str] = _read("internal_notes")["notes"]
    return notes


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
