"""What a language needs to say for the seed."""

from dataclasses import dataclass

FACILITY, TECHNICAL, SERVICES = "facility-management", "technical-it", "services-complaints"

Problem = tuple[str, str, str]  # title, first sentence, the tag that staff may put on it
ByCategory = dict[str, list[str]]


@dataclass(frozen=True)
class Words:
    """Texts with slots: {place} {since} {number} {course} {hour}; in messages {name} for the one who is spoken to.

    What depends on what the ticket is about is by category slug; `extra` is a second thought that some add;
    `places` are said with room and building, with the building alone, and with neither.
    """

    code: str
    places: tuple[str, str, str]
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
