"""Puts a batch of tickets into words: titles, descriptions, messages, tags, in the requester's language."""

import random
from typing import NamedTuple

from lodge.seeding.lives import Lives
from lodge.seeding.talk import KINDS, NOTE, Talk
from lodge.seeding.texts import NOTES, WORDS, Words
from lodge.seeding.texts.words import FACILITY, SERVICES, TECHNICAL

CATEGORIES = [FACILITY, TECHNICAL, SERVICES]
COURSES = [
    "Linear Algebra", "Calculus II", "Organic Chemistry", "Microeconomics", "Public Law", "Art History", "Genetics",
    "Operating Systems", "Databases", "Statistics I", "Thermodynamics", "Anatomy", "Roman Law", "Game Theory",
    "Machine Design", "Human Geography", "Music Theory", "Quantum Mechanics", "Social Psychology", "Phonetics",
    "Medieval History", "Bioinformatics", "Structural Analysis", "Accounting",
]  # fmt: skip
HOURS = [f"{hour}:{minute}" for hour in range(8, 19) for minute in ("00", "15", "30", "45")]
TAGS = [
    ["heating", "lift", "water", "light", "furniture", "safety", "cleaning", "accessibility", "warranty"],
    ["wifi", "printer", "account", "projector", "licence", "exam-room", "hardware", "vpn", "learning-platform"],
    ["canteen", "library", "shuttle", "student-office", "complaint", "refund", "opening-hours", "exam-period"],
]


class Place(NamedTuple):
    """A building's name and a room; empty where none is told."""

    building: str
    room: str


class Writer:
    """Writes with one source of chance, so that the same seed writes the same."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 (texts, not secrets)

    def report(self, language: str, category: int, place: Place) -> tuple[str, str]:
        """Title and description of a new ticket."""
        words, pick, draw = WORDS[language], self.chance.choice, self.chance.random
        title, problem = pick(words.problems[CATEGORIES[category]])
        parts = [problem]
        if draw() < 0.55:
            parts.append(pick(words.extra))
        slots = self._slots(words, place)
        text = " ".join(parts).format_map(slots)
        if draw() < 0.6:
            text = f"{pick(words.greetings)}\n{text}"
        if draw() < 0.6:
            text = f"{text}\n{pick(words.closings)}"
        title = title.format_map(slots)
        if place.building and draw() < 0.4:
            title = f"{title} ({place.building}{' ' if place.room else ''}{place.room})"
        return title, text

    def message(self, language: str, kind: int, first_name: str) -> str:
        texts = NOTES if kind == NOTE else getattr(WORDS[language], KINDS[kind])
        text: str = self.chance.choice(texts)
        if "{" not in text:
            return text
        course = self.chance.choice(COURSES)
        return text.format_map({"name": first_name, "hour": self._hour(), "number": self._number(), "course": course})

    def tags(self, category: int) -> list[str]:
        """Mostly none."""
        draw = self.chance.random()
        if draw > 0.16:
            return []
        return sorted(self.chance.sample(TAGS[category], 2 if draw < 0.04 else 1))

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
    writer: Writer, lives: Lives, languages: list[str], places: list[Place]
) -> tuple[list[str], list[str]]:
    """Titles and descriptions; languages and places are those of the tickets."""
    reports = [writer.report(*what) for what in zip(languages, lives.category.tolist(), places, strict=True)]
    return [title for title, _ in reports], [text for _, text in reports]


def write_messages(writer: Writer, said: Talk, languages: list[str], first_names: list[str]) -> list[str]:
    """The bodies; languages and first names are those of the requesters, a ticket a place."""
    return [
        writer.message(languages[ticket], kind, first_names[ticket])
        for ticket, kind in zip(said.ticket.tolist(), said.kind.tolist(), strict=True)
    ]
