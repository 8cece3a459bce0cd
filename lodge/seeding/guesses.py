"""Draws the predicted categories of a batch's tickets, and who chose their categories in the end."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contracts.categorising import CategoryBy
from contracts.suggestions import Sureness
from contracts.tickets import EventKind
from data_api.learning.knowledge import LIKELY, SURE
from lodge.seeding.desk import Desk
from lodge.seeding.history import History
from lodge.seeding.lives import Bools, Ints, Lives

MODEL = 1  # the version of the first model that a desk trains
CHOSEN = 0.04  # share of the reports whose prediction was unsure, so that the requester chose
CONFIRMED = 0.03  # share of the reports whose prediction staff confirmed, among those begun and not corrected
NEAREST = 10


@dataclass(frozen=True)
class Guesses:
    """Arrays with one element per ticket. `likeliest` is an index in the desk's categories. `shares` has one row per
    ticket, which sums to 1. `like` holds how many similar tickets and how many similar other examples there were."""

    by: NDArray[np.object_]
    likeliest: Ints
    shares: NDArray[np.float64]
    sureness: NDArray[np.object_]
    like: tuple[Ints, Ints]


def guess(rng: np.random.Generator, desk: Desk, lives: Lives, events: History) -> Guesses:
    """Draws the predictions. A prediction is wrong if staff corrected it later, and for half of the tickets whose
    requester chose."""
    n, likeliest = len(lives), lives.category.copy()
    corrected = events.kind == EventKind.CATEGORY.value
    places = {slug: place for place, (slug, _) in enumerate(desk.categories)}
    is_corrected = np.zeros(n, dtype=bool)
    is_corrected[events.ticket[corrected]] = True
    likeliest[events.ticket[corrected]] = [places[slug] for slug in events.before[corrected].tolist()]
    draw = rng.random((2, n))
    is_chosen = ~is_corrected & (draw[0] < CHOSEN)
    is_confirmed = ~is_chosen & lives.is_started & (draw[0] < CHOSEN + CONFIRMED)
    other = (likeliest + rng.integers(1, 3, n)) % 3
    likeliest = np.where(is_chosen & (draw[1] < 0.5), other, likeliest)
    by = np.select(
        [is_corrected | is_confirmed, is_chosen], [CategoryBy.STAFF.value, CategoryBy.REQUESTER.value], "predicted"
    )
    shares = _shares(rng, likeliest, is_corrected, is_chosen)
    top = shares.max(axis=1)
    examples = rng.integers(3, NEAREST - 1, n)
    return Guesses(
        by=by.astype(object),
        likeliest=likeliest,
        shares=shares,
        sureness=np.select(
            [top >= SURE, top >= LIKELY], [Sureness.SURE.value, Sureness.LIKELY.value], Sureness.UNSURE.value
        ).astype(object),
        like=(rng.integers(0, NEAREST + 1 - examples), examples),
    )


def _shares(rng: np.random.Generator, likeliest: Ints, is_corrected: Bools, is_chosen: Bools) -> NDArray[np.float64]:
    """Draws the probabilities, with six decimals. Right predictions are mostly sure, wrong ones less so."""
    n = len(likeliest)
    right, wrong = 0.45 + 0.54 * rng.beta(4, 1, n), 0.42 + 0.5 * rng.beta(2, 2, n)
    top = np.select([is_chosen, is_corrected], [0.42 + 0.17 * rng.random(n), wrong], right).round(6)
    second = ((1 - top) * rng.uniform(0.35, 0.65, n)).round(6)
    shares, everyone = np.empty((n, 3)), np.arange(n)
    for step, share in enumerate((top, second, 1 - top - second)):
        shares[everyone, (likeliest + step) % 3] = share
    return shares
