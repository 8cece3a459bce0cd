"""Who of a team gets a ticket, without a database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.assignment import AssignmentOutcome
from data_api.assignment.assigner import reason_of
from data_api.assignment.choosing import Availability, Choice, Member, choose
from data_api.assignment.repository import Destination

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def member(number: int, load: int = 0, **known: Any) -> Member:
    usual: dict[str, Any] = {
        "capacity": None,
        "is_away": False,
        "works_now": True,
        "is_expert": False,
        "last_opened_at": NOON,
    }
    return Member(id=number, load=load, **{**usual, **known})


def test_the_least_loaded_gets_it() -> None:
    assert choose([member(1, 3), member(2, 1), member(3, 2)]).person_id == 2


def test_on_equal_load_whoever_has_been_without_a_new_ticket_for_longest() -> None:
    earlier = member(2, last_opened_at=NOON - timedelta(hours=1))
    assert choose([member(1), earlier]).person_id == 2
    assert choose([member(1), earlier, member(3, last_opened_at=None)]).person_id == 3


def test_then_the_lowest_id() -> None:
    assert choose([member(3), member(1), member(2)]).person_id == 1


def test_an_empty_team_has_nobody() -> None:
    choice = choose([])
    assert choice.person_id is None
    assert told(choice) == "rule 3: Networks; nobody in this team works on tickets"


@pytest.mark.parametrize(
    ("known", "availability"),
    [
        ({"is_away": True, "works_now": False, "capacity": 0}, Availability.AWAY),
        ({"works_now": False, "capacity": 0}, Availability.OFF_HOURS),
        ({"capacity": 0}, Availability.FULL),
        ({"capacity": 2, "load": 2}, Availability.FULL),
        ({"capacity": 2, "load": 3}, Availability.FULL),
        ({"capacity": 2, "load": 1}, Availability.FREE),
        ({"capacity": None, "load": 1_000}, Availability.FREE),
    ],
)
def test_who_is_free(known: dict[str, Any], availability: Availability) -> None:
    one = member(1, **known)
    assert one.availability is availability
    assert choose([one]).person_id == (1 if availability is Availability.FREE else None)


def test_nobody_is_free() -> None:
    team = [member(1, is_away=True), member(2, is_away=True), member(3, capacity=0), member(4, works_now=False)]
    assert told(choose(team)) == "rule 3: Networks; nobody is free: 2 away, 1 outside working hours, 1 full"
    assert told(choose(team[:2])) == "rule 3: Networks; nobody is free: 2 away"


def test_the_expertise_comes_before_the_load() -> None:
    choice = choose([member(1), member(2, 9, is_expert=True), member(3, 8, is_expert=True)])
    assert choice.person_id == 3
    assert told(choice) == "rule 3: Networks; least loaded of 2 with the expertise"


def test_an_expert_who_is_not_free_keeps_no_ticket_waiting() -> None:
    choice = choose([member(1, 5), member(2, is_expert=True, is_away=True), member(3, 6)])
    assert choice.person_id == 1
    assert told(choice) == "rule 3: Networks; least loaded of 2"


def test_why_the_only_one() -> None:
    assert told(choose([member(1), member(2, is_away=True)])) == "rule 3: Networks; the only one who is free"
    alone = choose([member(1), member(2, is_expert=True)])
    assert told(alone) == "rule 3: Networks; the only one with the expertise who is free"


def test_a_team_that_somebody_chose_has_no_rule() -> None:
    reason = reason_of(Destination(1, "networks", "Networks"), choose([member(1), member(2)]))
    assert (reason.rule, reason.text) == (None, "Networks; least loaded of 2")


def told(choice: Choice) -> str:
    reason = reason_of(Destination(1, "networks", "Networks", 3, "All that is about the network"), choice)
    assert (reason.outcome is AssignmentOutcome.ASSIGNED) == (choice.person_id is not None)
    assert reason.people == reason.away + reason.off_hours + reason.full + reason.free
    return reason.text
