"""Each language can say everything, and every slot in it has something to fill it."""

import numpy as np
import pytest

from lodge.seeding.campus import make_campus
from lodge.seeding.talk import KINDS, NOTE
from lodge.seeding.texts import LANGUAGES, words_of
from lodge.seeding.writer import CATEGORIES, Place, Writer

PLACES = [Place("Main Library", "2.14"), Place("Main Library", ""), Place("", "")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("category", range(len(CATEGORIES)))
def test_reports_and_messages_are_whole(language: str, category: int) -> None:
    writer = Writer(1)
    texts: list[str] = []
    for place in PLACES:
        reports = [writer.report(language, category, place) for _ in range(200)]
        texts += [text for report in reports for text in (report.title, report.description)]
        assert all(len(report.title) <= 200 and all(len(tag) <= 40 for tag in report.tags) for report in reports)
    for kind in range(len(KINDS)):
        texts += [writer.message(language, category, kind, "Mia", set()) for _ in range(40)]
    assert not [text for text in texts if set(text) & set("{}\t\\") or not text.strip()]


def test_nobody_repeats_what_was_said_while_there_is_more_to_say() -> None:
    writer, said = Writer(1), set[str]()
    for _ in words_of("de").answer:
        writer.message("de", 0, KINDS.index("answer"), "Mia", said)
    assert len(said) == len(words_of("de").answer)
    assert writer.message("de", 0, NOTE, "Mia", said)


def test_names_differ_within_a_role() -> None:
    campus = make_campus(np.random.default_rng(1), 120_000)
    names = [person.name.casefold() for person in campus.students]
    assert len(names) == len(set(names)) == 10_000
    assert all(len(person.name) <= 100 for person in campus.people)
