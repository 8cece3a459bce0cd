"""Writes the texts of a batch of tickets: titles, descriptions, messages and tags, in the requester's language."""

import random
from typing import NamedTuple

from lodge.seeding.lives import Lives
from lodge.seeding.talk import KINDS, NOTE, Talk
from lodge.seeding.texts import Words, internal_notes, words_of
from lodge.seeding.texts.words import FACILITY, SERVICES, TECHNICAL

CATEGORIES = [FACILITY, TECHNICAL, SERVICES]
COURSES = [
    "Linear Algebra", "Calculus II", "Organic Chemistry", "Microeconomics", "Public Law", "Art History", "Genetics",
    "Operating Systems", "Databases", "Statistics I", "Thermodynamics", "Anatomy", "Roman Law", "Game Theory",
    "Machine Design", "Human Geography", "Music Theory", "Quantum Mechanics", "Social Psychology", "Phonetics",
    "Medieval History", "Bioinformatics", "Structural Analysis", "Accounting",
]  # fmt: skip
HOURS = [f"{hour}:{minute}" for hour in range(8, 19) for minute in ("00", "15", "30", "45")]
COMMON_TAGS = ["recurring", "safety", "warranty", "exam-period", "accessibility"]


class Place(NamedTuple):
    """A building's name and a room; each is empty if the report names none."""

    building: str
    room: str


class Report(NamedTuple):
    """The texts of a new ticket, and the tags that staff would add, mostly none."""

    title: str
    description: str
    tags: list[str]


class Writer:
    """Writes with a single random generator, so that the same seed gives the same texts."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 (texts, not secrets)

    def report(self, language: str, category: int, place: Place, problem: int | None = None) -> Report:
        """Returns a report. `problem` is the problem's index in the category; when it is None, one is drawn."""
        words, pick, draw = words_of(language), self.chance.choice, self.chance.random
        problems = words.problems[CATEGORIES[category]]
        title, text, tag = pick(problems) if problem is None else problems[problem]
        if draw() < 0.55:
            text = f"{text} {pick(words.extra[CATEGORIES[category]])}"
        slots = self._slots(words, place)
        title, text = title.format_map(slots), text.format_map(slots)
        if draw() < 0.6:
            text = f"{pick(words.greetings)}\n{text}"
        if draw() < 0.6:
            text = f"{text}\n{pick(words.closings)}"
        if place.building and draw() < 0.4:
            title = f"{title} ({' '.join(filter(None, place))})"
        return Report(title, text, self._tags(tag))

    def message(self, language: str, category: int, kind: int, first_name: str, said: set[str]) -> str:
        """Returns a message that repeats none in `said`, the set of texts of the thread so far, and adds it there."""
        texts = internal_notes() if kind == NOTE else getattr(words_of(language), KINDS[kind])
        texts = texts[CATEGORIES[category]] if isinstance(texts, dict) else texts
        fresh = [text for text in texts if text not in said] if said else texts
        text: str = self.chance.choice(fresh or texts)
        said.add(text)
        if "{" not in text:
            return text
        course = self.chance.choice(COURSES)
        return text.format_map({"name": first_name, "hour": self._hour(), "number": self._number(), "course": course})

    def _tags(self, tag: str) -> list[str]:
        draw = self.chance.random()
        if draw > 0.16:
            return []
        return sorted({tag, self.chance.choice(COMMON_TAGS)}) if draw < 0.04 else [tag]

    def _slots(self, words: Words, place: Place) -> dict[str, str]:
        hour = self._hour()
        pattern = words.places[0 if place.room else 1 if place.building else 2]
        return {
            "place": pattern.format_map(place._asdict()),
            "since": self.chance.choice(words.since).replace("{hour}", hour),
            "course": self.chance.choice(COURSES),
            "hour": hour,
            "number": self._number(),
        }

    def _hour(self) -> str:
        return self.chance.choice(HOURS)

    def _number(self) -> str:
        return str(int(1000 + self.chance.random() * 9000))


def write_reports(
    writer: Writer, lives: Lives, languages: list[str], places: list[Place], problems: dict[int, int]
) -> list[Report]:
    """Returns the tickets' reports. `languages` and `places` have one element per ticket. `problems` sets the problem
    of some tickets, by the ticket's index."""
    return [
        writer.report(*what, problems.get(ticket))
        for ticket, what in enumerate(zip(languages, lives.category.tolist(), places, strict=True))
    ]


def write_messages(writer: Writer, lives: Lives, said: Talk, languages: list[str], first_names: list[str]) -> list[str]:
    """Returns the messages' bodies. `languages` and `first_names` are those of each ticket's requester."""
    category = lives.category.tolist()
    threads: list[set[str]] = [set() for _ in category]
    return [
        writer.message(languages[ticket], category[ticket], kind, first_names[ticket], threads[ticket])
        for ticket, kind in zip(said.ticket.tolist(), said.kind.tolist(), strict=True)
    ]
