"""What the texts that come with Lodge make of texts that nobody who wrote them has seen. The same on every machine."""

from functools import cache

import pytest

from benchmarks.categorising import bar, cross_validated, predicted
from benchmarks.figures import Figure
from benchmarks.labelled import fresh, unseen


@cache
def figures(what: str) -> list[Figure]:
    measured = {"unseen": lambda: predicted(unseen()), "fresh": lambda: predicted(fresh())}
    return list(bar(what, measured.get(what, cross_validated)()))


@pytest.mark.parametrize("what", ["unseen", "fresh", "cross-validated"])
def test_categories_are_as_right_and_as_honest_as_promised(what: str) -> None:
    missed = [f"{one.name} {one.value:.3f}" for one in figures(what) if not one.is_as_it_must_be]
    assert not missed
    assert sum(one.at_least is not None or one.at_most is not None for one in figures(what)) == 9
