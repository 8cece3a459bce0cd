"""What a language needs to say for the seed."""

from dataclasses import dataclass

FACILITY, TECHNICAL, SERVICES = "facility-management", "technical-it", "services-complaints"

Problem = tuple[str, str]  # title, first sentences


@dataclass(frozen=True)
class Words:
    """Texts with slots: {place} {since} {number} {course} {hour}; messages have {name} for the one who is spoken to.

    `problems` are by category slug; `extra` is a second thought some add; `places` are said with room and
    building, with the building alone, and with neither.
    """

    code: str
    places: tuple[str, str, str]
    since: list[str]
    greetings: list[str]
    closings: list[str]
    extra: list[str]
    problems: dict[str, list[Problem]]
    first: list[str]
    update: list[str]
    solved: list[str]
    answer: list[str]
    nudge: list[str]
    again: list[str]
    thanks: list[str]
