"""Draws the confirmations: other people who had the problem of a report, and said so."""

from dataclasses import dataclass

import numpy as np

from contracts.tickets import Status
from data_api.similar.tables import MAX_AGE
from lodge.seeding.campus import Campus
from lodge.seeding.clock import Moments
from lodge.seeding.lives import Ints, Lives
from lodge.seeding.standing import Standing, Words

SHARED = 0.03  # share of the reports that others confirm
MOST = 12


@dataclass(frozen=True)
class Confirmations:
    """`counts` has one element per ticket of the batch, the other arrays one per confirmation. `ticket` is an index in
    the batch, `person` one in the campus's people."""

    counts: Ints
    ticket: Ints
    person: Ints
    seen: Words
    at: Moments


def confirm(rng: np.random.Generator, campus: Campus, lives: Lives, stand: Standing, shared: Ints) -> Confirmations:
    """Draws the confirmations. The tickets in `shared` always get some. Nobody confirms their own ticket, or the same
    ticket twice."""
    n = len(lives)
    counts = np.where(rng.random(n) < SHARED, np.minimum(rng.geometric(0.35, n), MOST), 0)
    counts[shared] = 2 + rng.integers(0, 5, len(shared))
    counts[lives.is_confidential] = 0
    ticket = np.repeat(np.arange(n), counts)
    place = np.arange(len(ticket)) - np.repeat(np.cumsum(counts) - counts, counts)
    staff, students = len(campus.staff), len(campus.students)
    step = 1 + (rng.integers(0, students, n)[ticket] + place) % (students - 1)
    lasted = np.minimum(lives.end - lives.opened, MAX_AGE.total_seconds())[ticket]
    is_told = rng.random(len(ticket)) < 0.7  # the other people have not looked at the ticket since
    return Confirmations(
        counts=counts,
        ticket=ticket,
        person=staff + (lives.requester[ticket] - staff + step) % students,
        seen=np.where(is_told, stand.status[ticket], Status.OPEN.value).astype(object),
        at=np.floor(lives.opened[ticket] + rng.random(len(ticket)) * lasted),
    )
