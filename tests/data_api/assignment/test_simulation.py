"""Replaying tickets as if rules had assigned them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from data_api.assignment.simulation import Colleague, PastTicket, Replay

MONDAY = datetime(2026, 11, 30, 10, tzinfo=UTC)
TEAM = 7


def colleague(number: int, **known: Any) -> Colleague:
    usual = dict.fromkeys(("capacity", "away_from", "away_until", "working_hours"))
    nothing: frozenset[int] = frozenset()
    about = {"name": f"Person {number}", "team_id": TEAM, "category_ids": nothing, "building_ids": nothing}
    return Colleague(id=number, **{**usual, **about, **known})


def ticket(number: int, hours: float, open_for: float | None = None, rule: int | None = 1) -> PastTicket:
    opened = MONDAY + timedelta(hours=hours)
    closed = None if open_for is None else opened + timedelta(hours=open_for)
    return PastTicket(number, opened, closed, category_id=1, building_id=None, rule=rule)


def replayed(people: list[Colleague], tickets: list[PastTicket]) -> tuple[list[int | None], Replay]:
    replay = Replay(people, {1: TEAM}, ZoneInfo("UTC"))
    return [outcome.choice.person_id for outcome in replay.outcomes(tickets)], replay


def test_tickets_are_spread_and_those_that_fit_no_rule_left_out() -> None:
    found, replay = replayed(
        [colleague(1), colleague(2)], [ticket(n, n, rule=(n % 4 and 1) or None) for n in range(1, 9)]
    )
    assert found == [1, 2, 1, 2, 1, 2]
    assert replay.most_at_once == {1: 3, 2: 3}


def test_a_closed_ticket_makes_room() -> None:
    people = [colleague(1, capacity=1)]
    found, replay = replayed(people, [ticket(1, 0, open_for=2), ticket(2, 1), ticket(3, 2), ticket(4, 3)])
    assert found == [1, None, 1, None]
    assert replay.most_at_once == {1: 1}


def test_what_people_had_before_counts_until_it_was_closed() -> None:
    busy = colleague(1, had_until=[MONDAY + timedelta(hours=1), None])
    found, replay = replayed([busy, colleague(2, had_until=[None])], [ticket(1, 0), ticket(2, 0.5), ticket(3, 2)])
    # At the third ticket both have two, and person 2 has been without a new one for longer.
    assert found == [2, 1, 2]
    assert replay.most_at_once == {1: 3, 2: 3}


def test_an_absence_that_is_known_counts_on_its_days() -> None:
    away = colleague(1, away_from=date(2026, 12, 1), away_until=date(2026, 12, 1))
    assert replayed([away], [ticket(1, 0), ticket(2, 24), ticket(3, 48)])[0] == [1, None, 1]


def test_the_expertise_counts() -> None:
    people = [colleague(1), colleague(2, category_ids=frozenset({1}))]
    assert replayed(people, [ticket(1, 0), ticket(2, 1)])[0] == [2, 2]
