"""What the texts that come with Lodge make of texts that nobody who wrote them has seen. The same on every machine."""

from functools import cache

import pytest

from benchmarks.categorising import bar, cross_validated, predicted, vagueness
from benchmarks.figures import Figure
from benchmarks.labelled import fresh, read, unseen
from data_api.texts.starting_texts import starting_texts


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


def test_no_vague_text_that_is_measured_comes_with_lodge() -> None:
    assert not {row["text"] for row in starting_texts("vague_texts")} & {row["text"] for row in read("vague_texts")}
