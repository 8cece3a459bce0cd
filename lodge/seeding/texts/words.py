"""What people write in each language: lists of names and texts, one file a language."""

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
    """Of a report: its title, its first sentence, and the tag that staff may put on it."""

    title: str
    text: str
    tag: str


@dataclass(frozen=True)
class Words:
    """Texts with slots: {place} {since} {number} {course} {hour}; in messages {name} for the one who is spoken to.

    What depends on what the ticket is about is by category slug; `extra` is a second thought that some add;
    `places` are said with room and building, with the building alone, and with neither.
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
    """What staff write to each other, in English only."""
    notes: list[str] = _read("internal_notes")["notes"]
    return notes


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
