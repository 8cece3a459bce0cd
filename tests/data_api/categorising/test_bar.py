"""What the texts that come with Lodge make of texts that nobody who wrote them has seen. The same on every machine."""

from functools import cache

import pytest

from benchmarks.categorising import bar, cross_validated, learned, predicted, starting_examples, vagueness
from benchmarks.figures import Figure
from benchmarks.labelled import SLUGS, fresh, read, unseen
from contracts.suggestions import Sureness
from data_api.texts.encoder import get_encoder
from data_api.texts.starting_texts import starting_texts
from data_api.texts.texts import key_of


@cache
def figures(what: str) -> list[Figure]:
    measured = {"unseen": lambda: predicted(unseen()), "fresh": lambda: predicted(fresh())}
    return list(bar(what, measured.get(what, cross_validated)()))


@pytest.mark.parametrize("what", ["unseen", "fresh", "cross-validated"])
def test_categories_are_as_right_and_as_honest_as_promised(what: str) -> None:
    missed = [f"{one.name} {one.value:.3f}" for one in figures(what) if not one.is_as_it_must_be]
    assert not missed
    assert sum(one.at_least is not None or one.at_most is not None for one in figures(what)) == 9


def test_vague_texts_are_asked_about_and_others_are_not_taken_for_vague() -> None:
    missed = [f"{one.name} {one.value:.3f}" for one in vagueness() if not one.is_as_it_must_be]
    assert not missed


@pytest.mark.parametrize(
    ("shipped", "measured"),
    [
        ("vague_texts", ["vague_texts"]),
        ("examples", ["unseen_tickets", "fresh_tickets", "would_move"]),
        ("check_texts", ["unseen_tickets", "fresh_tickets", "would_move"]),
    ],
)
def test_no_text_that_is_measured_comes_with_lodge(shipped: str, measured: list[str]) -> None:
    ours = {key_of(row["text"]) for row in starting_texts(shipped)}
    assert not ours & {key_of(row["text"]) for name in measured for row in read(name)}


PROJECTORS = [
    "The projector in room 2.07 shows no picture",
    "The projector in room E.14 shows no picture since this morning",
    "the beamer in hall b shows no picture",
]


@pytest.mark.parametrize("text", PROJECTORS)
def test_a_projector_without_a_picture_goes_to_technical_it(text: str) -> None:
    prediction = learned(starting_examples()).predict(text, get_encoder().encode([text])[0])
    assert (SLUGS[prediction.category_id - 1], prediction.sureness) == ("technical-it", Sureness.SURE)
