"""Tickets that were closed before they were opened, or changed last before their last message: an import may bring
such. They are filtered and sorted by their moments like all others."""

import random
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from contracts.tickets import TicketSort
from tests.data_api.test_paging import in_order
from tests.support import rows
from tests.support.api import Api, Visitor

START = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = 12  # few, so that many moments are the same
MANY = 70
FILTERS = [f"{moment}_{way}" for moment in ("opened", "modified", "closed") for way in ("after", "before")]


@pytest.fixture(scope="module")
def everything(api: Api, student: Visitor, admin: Visitor) -> list[dict[str, Any]]:
    guess = random.Random(26)

    def moment() -> datetime:
        return START + timedelta(days=guess.randrange(DAYS))

    for _ in range(MANY):
        is_closed = guess.random() < 0.6
        rows.ticket(
            api,
            requester_id=student.person_id,
            status="closed" if is_closed else "open",
            priority=guess.randrange(4),
            opened_at=moment(),
            modified_at=moment(),
            closed_at=moment() if is_closed else None,
            last_message_at=moment() if guess.random() < 0.7 else None,
        )
    return admin.walk("/tickets", limit=200)


def holds(ticket: dict[str, Any], name: str, bound: datetime) -> bool:
    moment, _, way = name.partition("_")
    value = ticket[f"{moment}_at"]
    if value is None:
        return False
    return datetime.fromisoformat(value) >= bound if way == "after" else datetime.fromisoformat(value) < bound


@pytest.mark.parametrize("name", FILTERS)
def test_they_are_filtered_and_sorted_like_all_others(
    admin: Visitor, everything: list[dict[str, Any]], name: str
) -> None:
    for sort, day in product(TicketSort, (4, 9)):
        bound = START + timedelta(days=day)
        wanted = in_order([ticket for ticket in everything if holds(ticket, name, bound)], sort)
        walked = admin.walk("/tickets", **{name: bound.isoformat()}, sort=sort, limit=15)
        assert [ticket["id"] for ticket in walked] == [ticket["id"] for ticket in wanted], (sort, day)
        assert 5 < len(wanted) < MANY - 5
