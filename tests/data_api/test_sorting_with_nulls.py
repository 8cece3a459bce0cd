"""An order by what not every ticket has: those without come last, whichever way it goes, on every page."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from contracts.tickets import TicketSort
from data_api.models import Ticket
from data_api.tickets.fields import then_by_opening
from data_api.tickets.filters import ORDERS, Order
from tests.data_api.test_paging import spelled
from tests.support import rows
from tests.support.api import Api, Visitor, done

START = datetime(2026, 3, 1, tzinfo=UTC)
MANY = 40
# Walked in place of another order, whose name a cursor has.
RISING, FALLING = TicketSort.MODIFIED_FIRST, TicketSort.MODIFIED_LAST
LIMITS = [1, 3, 7, 200]


@pytest.fixture(autouse=True)
def by_first_response(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    columns, types, *_ = then_by_opening(Ticket.first_response_at, datetime)
    monkeypatch.setitem(ORDERS, RISING, Order(columns, types, is_descending=False))
    monkeypatch.setitem(ORDERS, FALLING, Order(columns, types, is_descending=True))
    return iter(())


@pytest.fixture(scope="module", autouse=True)
def population(api: Api, student: Visitor, agent: Visitor, admin: Visitor) -> None:
    """Half of them without an answer, several answered at one moment, and three that were opened when no desk was."""
    with psycopg.connect(api.database_url) as database:
        rows.tickets(
            database,
            [
                {
                    "requester_id": student.person_id,
                    "title": f"Lift {number}",
                    "opened_at": START + timedelta(hours=number // 2),
                    "first_response_at": None if number % 2 else START + timedelta(days=number % 5),
                    "building_id": None,
                    "priority": number % 2,
                }
                for number in range(MANY)
            ],
        )
        rows.tickets(
            database,
            [
                {"requester_id": student.person_id, "opened_at": "0044-03-15 BC", "first_response_at": answered}
                for answered in ("2026-03-03", None, "2026-03-02")
            ],
        )


def expected(tickets: list[dict[str, Any]], *, descending: bool) -> list[int]:
    """By value, opening and number, all in one direction; then those without a value; then those of long ago."""

    def key(ticket: dict[str, Any]) -> tuple[Any, ...]:
        return ticket["first_response_at"] or "", ticket["opened_at"], ticket["id"]

    def part(ticket: dict[str, Any]) -> tuple[bool, bool]:
        return ticket["opened_at"] < "1970", ticket["first_response_at"] is None

    found = sorted(sorted(tickets, key=key, reverse=descending), key=part)
    return [ticket["id"] for ticket in found]


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("sort", [RISING, FALLING])
def test_the_whole_list_is_walked(admin: Visitor, sort: TicketSort, limit: int) -> None:
    tickets = admin.walk("/tickets")
    assert len(tickets) == MANY + 3
    found = [ticket["id"] for ticket in admin.walk("/tickets", sort=sort, limit=limit)]
    # Of those opened long ago, what comes first and last is no matter: all share a moment that is none.
    assert found[:MANY] == expected(tickets, descending=sort is FALLING)[:MANY]
    assert sorted(found) == sorted(ticket["id"] for ticket in tickets)


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("sort", [RISING, FALLING])
def test_a_search_is_walked_whole(agent: Visitor, sort: TicketSort, limit: int) -> None:
    """A page of it is found near the beginning of the list, the next ones by the index of words."""
    tickets = agent.walk("/tickets", q="lift")
    assert len(tickets) == MANY + 3
    found = [ticket["id"] for ticket in agent.walk("/tickets", sort=sort, limit=limit, q="lift")]
    assert found[:MANY] == expected(tickets, descending=sort is FALLING)[:MANY]
    assert sorted(found) == sorted(ticket["id"] for ticket in tickets)


@pytest.mark.parametrize("sort", [RISING, FALLING])
def test_filters_hold_on_every_page(agent: Visitor, sort: TicketSort) -> None:
    """Here all that pass have no value."""
    whole = done(agent.get("/tickets", params={"sort": sort, "priority": "low", "limit": 200}))["items"]
    assert {ticket["priority"] for ticket in whole} == {"low"}
    assert agent.walk("/tickets", sort=sort, priority="low", limit=3) == whole


def test_a_cursor_may_name_no_value_where_there_may_be_none_only(admin: Visitor) -> None:
    moment = 1_790_000_000_000_000
    kind = f"tickets {RISING}"
    cursors = {(None, moment): 200, (moment, moment): 200, (moment, None): 422, ("", moment): 422}
    for (value, opened), status in cursors.items():
        cursor = spelled(kind, value, opened, 1, 5, 0)
        assert admin.get("/tickets", params={"sort": RISING, "cursor": cursor}).status_code == status
