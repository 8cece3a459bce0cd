"""The line of hours that everything in a seed happens on."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from lodge.seeding.clock import Clock, arrival_weight, office_weight, season
from lodge.seeding.plan import seed_plan

START, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)


def test_amounts_and_moments_are_each_others_inverse() -> None:
    clock = Clock.of(office_weight, START, END, ZoneInfo("Europe/Rome"))
    moments = np.linspace(START.timestamp(), END.timestamp(), 997)
    assert np.allclose(clock.at(clock.amount(moments)), moments, atol=0.01)


def test_office_hours_are_those_of_the_campus_on_both_sides_of_the_clock_change() -> None:
    rome = ZoneInfo("Europe/Rome")
    clock = Clock.of(office_weight, START, END, rome)
    for day in (date(2026, 3, 27), date(2026, 3, 30)):
        morning = datetime(day.year, day.month, day.day, 9, tzinfo=rome).timestamp()
        assert float(np.diff(clock.amount(np.array([morning, morning + 3600])))[0]) == 1


def test_seasons_follow_the_academic_year() -> None:
    assert (
        season(date(2026, 12, 31)) < season(date(2026, 8, 1)) < season(date(2026, 11, 21)) < season(date(2026, 9, 20))
    )


def test_nights_holidays_and_weekends_are_quiet() -> None:
    busy = arrival_weight(datetime(2026, 10, 20, 11, tzinfo=UTC))
    for quiet in (datetime(2026, 10, 20, 3, tzinfo=UTC), datetime(2026, 10, 24, 11, tzinfo=UTC)):
        assert arrival_weight(quiet) < busy / 4
    assert arrival_weight(datetime(2026, 12, 25, 11, tzinfo=UTC)) < busy / 50


def test_tickets_are_opened_in_order_within_the_three_years() -> None:
    plan = seed_plan(500, 3, date(2026, 11, 21), ZoneInfo("UTC"))
    opened = plan.opened()
    assert len(opened) == 500
    assert bool(np.all(np.diff(opened) >= 0))
    assert datetime(2023, 11, 21, tzinfo=UTC).timestamp() < opened[0]
    assert opened[-1] < datetime(2026, 11, 21, tzinfo=UTC).timestamp()
