"""Moments that the seed knows nothing of but their names."""

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from lodge.seeding.campus import make_campus
from lodge.seeding.copy_text import NULL
from lodge.seeding.lives import live
from lodge.seeding.plan import seed_plan
from lodge.seeding.rows import other_moments


def test_staff_set_some_of_them_after_they_took_a_ticket_on() -> None:
    plan = seed_plan(500, 1, date(2026, 11, 21), ZoneInfo("UTC"))
    rng = np.random.default_rng(1)
    lives = live(rng, make_campus(rng, 500), plan.office(), plan.opened(), plan.now.timestamp())
    made = other_moments(rng, lives, {"due_at", "review_at"})
    assert list(made) == ["due_at", "review_at"]
    for column in made.values():
        assert len(column) == len(lives)
        known = [place for place, value in enumerate(column) if value != NULL]
        assert 100 < len(known) < 250
        started = np.datetime_as_string(lives.started[known].astype(np.int64).astype("datetime64[s]"))
        assert all(column[place] >= since for place, since in zip(known, started, strict=True))
    assert other_moments(rng, lives, set()) == {}
