"""The list's filters, each and together: what the service finds is what a plain loop over all tickets finds."""

import random
from collections.abc import Callable
from datetime import datetime
from itertools import combinations, product
from typing import Any

import pytest

from contracts.tickets import TicketQuery, TicketSort
from tests.data_api.test_paging import in_order
from tests.support import rows
from tests.support.api import Api, Visitor, done, running_api
from tests.support.population import FIRST_OPENED, opened, populate

Ticket = dict[str, Any]
MANY = 120


@pytest.fixture(scope="module")
def everything(api: Api, student: Visitor, other_student: Visitor, agent: Visitor) -> list[Ticket]:
    """All tickets, as an administrator who is none of the people in them reads them."""
    api.enter("agent", "Second Agent")
    ours, _, _ = (rows.team(api, name) for name in ("IT Support", "Porters", "Gardeners"))
    populate(api, MANY)
    api.sql("UPDATE person SET team_id = %s WHERE 'agent' = ANY (roles)", ours)
    tickets = api.enter("admin", "Onlooker").walk("/tickets", limit=50)
    assert len(tickets) == MANY
    return tickets


def moment(ticket: Ticket) -> datetime:
    return datetime.fromisoformat(ticket["opened_at"])


def modified(ticket: Ticket) -> datetime:
    return datetime.fromisoformat(ticket["modified_at"])


def closed_since(ticket: Ticket, since: str) -> bool | None:
    """None for a ticket that is not closed."""
    closed = ticket["closed_at"]
    return None if closed is None else datetime.fromisoformat(closed) >= datetime.fromisoformat(since)


def assigned_to(ticket: Ticket) -> int | None:
    return ticket["assignee"]["id"] if ticket["assignee"] else None


MIDDLE = datetime.fromisoformat(opened(30))
CLOSED_IN_BETWEEN, MODIFIED_IN_BETWEEN = opened(11), datetime.fromisoformat(opened(2980))
# A filter as the address spells it, and what it means to `agent`, who is the first of two agents.
FILTERS: list[tuple[dict[str, Any], Callable[[Ticket, Visitor], bool]]] = [
    ({"status": "open"}, lambda t, _: t["status"] == "open"),
    ({"status": ["active", "closed"]}, lambda t, _: t["status"] in ("active", "closed")),
    ({"category": "technical-it"}, lambda t, _: t["category"] == "technical-it"),
    (
        {"category": ["technical-it", "services-complaints"]},
        lambda t, _: t["category"] in ("technical-it", "services-complaints"),
    ),
    ({"priority": "urgent"}, lambda t, _: t["priority"] == "urgent"),
    ({"priority": ["low", "high"]}, lambda t, _: t["priority"] in ("low", "high")),
    ({"assignee": "me"}, lambda t, me: assigned_to(t) == me.person_id),
    ({"assignee": "none"}, lambda t, _: t["assignee"] is None),
    ({"assignee": ["me", "none"]}, lambda t, me: assigned_to(t) in (me.person_id, None)),
    ({"requester": "2"}, lambda t, _: t["requester"]["id"] == 2),
    ({"requester": ["2", "99", "me"]}, lambda t, me: t["requester"]["id"] in (2, 99, me.person_id)),
    ({"building": "canteen"}, lambda t, _: t["building"] == "canteen"),
    ({"building": ["canteen", "main-library"]}, lambda t, _: t["building"] in ("canteen", "main-library")),
    ({"tag": "water"}, lambda t, _: "water" in t["tags"]),
    ({"tag": ["WATER", "lift"]}, lambda t, _: bool({"water", "lift"} & set(t["tags"]))),
    ({"waits_for": "requester"}, lambda t, _: t["waits_for"] == "requester"),
    ({"waits_for": ["requester", "desk"]}, lambda t, _: t["waits_for"] is not None),
    ({"followed": "true"}, lambda t, _: t["id"] % 4 == 0),
    ({"q": "heating"}, lambda t, _: "Heating" in t["description"]),
    ({"opened_after": MIDDLE.isoformat()}, lambda t, _: moment(t) >= MIDDLE),
    ({"opened_before": MIDDLE.isoformat()}, lambda t, _: moment(t) < MIDDLE),
    ({"closed_after": CLOSED_IN_BETWEEN}, lambda t, _: closed_since(t, CLOSED_IN_BETWEEN) is True),
    ({"closed_before": CLOSED_IN_BETWEEN}, lambda t, _: closed_since(t, CLOSED_IN_BETWEEN) is False),
    ({"modified_after": MODIFIED_IN_BETWEEN.isoformat()}, lambda t, _: modified(t) >= MODIFIED_IN_BETWEEN),
    ({"modified_before": MODIFIED_IN_BETWEEN.isoformat()}, lambda t, _: modified(t) < MODIFIED_IN_BETWEEN),
    ({"stage": "pending"}, lambda t, _: t["stage"] == "pending"),
    ({"stage": ["pending", "done"]}, lambda t, _: t["stage"] in ("pending", "done")),
    ({"stage": ["pending", "gone"]}, lambda t, _: t["stage"] == "pending"),
    ({"assignee": "my-team"}, lambda t, _: t["assignee"] is not None),
    ({"assignee": ["my-team", "none"]}, lambda t, _: True),
    ({"team": "porters"}, lambda t, _: t["team"] == "porters"),
    ({"team": ["porters", "gardeners", "gone"]}, lambda t, _: t["team"] in ("porters", "gardeners")),
    ({"team": "none"}, lambda t, _: t["team"] is None),
    ({"team": "my-team"}, lambda t, _: t["team"] == "it-support"),
    ({"team": ["none", "my-team"]}, lambda t, _: t["team"] in (None, "it-support")),
    ({"room": "r3"}, lambda t, _: t["room"] == "R3"),
    ({"reports_at_least": "3"}, lambda t, _: t["reports"] >= 3),
]
PAIRS = [(one, other) for one, other in combinations(FILTERS, 2) if not set(one[0]) & set(other[0])]


def is_for(visitor: Visitor, ticket: Ticket) -> bool:
    """What staff may read of these tickets."""
    return not ticket["is_confidential"] or assigned_to(ticket) == visitor.person_id or ticket["id"] % 4 == 0


def ids(tickets: list[Ticket]) -> set[int]:
    return {ticket["id"] for ticket in tickets}


@pytest.mark.parametrize(("query", "holds"), FILTERS, ids=lambda value: str(value) if isinstance(value, dict) else "")
def test_each_filter(agent: Visitor, everything: list[Ticket], query: dict[str, Any], holds: Any) -> None:
    wanted = {ticket["id"] for ticket in everything if is_for(agent, ticket) and holds(ticket, agent)}
    page = done(agent.get("/tickets", params={**query, "limit": 200}))
    assert ids(page["items"]) == wanted
    assert (page["total"], page["total_capped"]) == (len(wanted), False)
    assert 0 < len(wanted) < MANY


def test_every_two_filters_together(agent: Visitor, everything: list[Ticket]) -> None:
    for (one, is_one), (other, is_other) in PAIRS:
        wanted = {t["id"] for t in everything if is_for(agent, t) and is_one(t, agent) and is_other(t, agent)}
        assert set(agent.list_ids(**one, **other, limit=200)) == wanted, {**one, **other}


def test_each_filter_in_each_order_is_walked_whole(agent: Visitor, everything: list[Ticket]) -> None:
    guess = random.Random(48)
    for (query, holds), sort in product(FILTERS, TicketSort):
        wanted = in_order([ticket for ticket in everything if is_for(agent, ticket) and holds(ticket, agent)], sort)
        walked = agent.walk("/tickets", **query, sort=sort, limit=guess.randint(15, 80))
        assert [ticket["id"] for ticket in walked] == [ticket["id"] for ticket in wanted], (query, sort)


def test_whoever_is_in_no_team_has_no_tickets_of_their_team(api: Api, everything: list[Ticket]) -> None:
    alone = api.enter("admin", "Onlooker")
    assert alone.list_ids(assignee="my-team") == []
    assert alone.list_ids(team="my-team") == []
    assert set(alone.list_ids(team=["my-team", "none"], limit=200)) == set(alone.list_ids(team="none", limit=200))
    assert set(alone.list_ids(assignee=["my-team", "none"], limit=200)) == set(
        alone.list_ids(assignee="none", limit=200)
    )


def test_all_filters_together(agent: Visitor, everything: list[Ticket]) -> None:
    ticket = next(t for t in everything if assigned_to(t) == agent.person_id and t["status"] == "active" and t["tags"])
    query = {
        "status": "active",
        "category": ticket["category"],
        "priority": ticket["priority"],
        "assignee": "me",
        "requester": str(ticket["requester"]["id"]),
        "tag": ticket["tags"][0],
        "waits_for": ticket["waits_for"],
        "q": ticket["description"].split()[0],
        "opened_after": ticket["opened_at"],
        "opened_before": opened(10_000),
    }
    assert ticket["id"] in agent.list_ids(**query)


@pytest.mark.parametrize(
    "name",
    [name for name in TicketQuery.model_fields if name != "limit"],
)
def test_an_empty_filter_is_none(agent: Visitor, everything: list[Ticket], name: str) -> None:
    """As an empty field of a form sends it."""
    assert agent.list_ids(**{name: ""}) == agent.list_ids()


def test_an_empty_value_beside_others_is_none(agent: Visitor, everything: list[Ticket]) -> None:
    assert agent.list_ids(status=["", "open"]) == agent.list_ids(status="open")


@pytest.mark.parametrize(
    "query",
    [
        {"status": "new"},
        {"priority": "1"},
        {"category": "Technical IT"},
        {"assignee": "nobody"},
        {"assignee": "-1"},
        {"requester": "none"},
        {"requester": "1 or 1=1"},
        {"tag": "x" * 41},
        {"tag": "a\x00"},
        {"waits_for": "godot"},
        {"followed": "perhaps"},
        {"q": "x" * 201},
        {"q": "a\x00b"},
        {"opened_after": "yesterday"},
        {"opened_before": "2026-02-30"},
        {"sort": "title"},
        {"sort": "opened_at; drop table ticket"},
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "many"},
        {"stage": "To Do"},
        {"team": "My team"},
        {"team": ["t"] * 51},
        {"room": "x" * 61},
        {"room": "a\x00"},
        {"assignee": "their-team"},
        {"reports_at_least": "0"},
        {"reports_at_least": "2147483648"},
        {"modified_before": "soon"},
        {"colour": "red"},
        {"status": ["open"] * 51},
        {"building": [f"b{n}" for n in range(51)]},
    ],
    ids=str,
)
def test_a_wrong_filter_is_named(agent: Visitor, query: dict[str, Any]) -> None:
    answer = agent.get("/tickets", params=query)
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["name"].startswith(f"query.{next(iter(query))}")


@pytest.mark.parametrize(
    "query",
    [
        *({"category": "gone"}, {"building": "gone"}, {"tag": "gone"}, {"assignee": "99999999"}, {"stage": "gone"}),
        {"team": "gone"},
        *({"room": "%"}, {"room": "_3"}, {"room": "R3%"}, {"status": "open", "closed_after": "2001-01-01"}),
    ],
)
def test_what_does_not_exist_finds_nothing(agent: Visitor, everything: list[Ticket], query: dict[str, Any]) -> None:
    """A link kept from before a category was deleted still opens."""
    assert agent.list_ids(**query) == []


# -- the calendar --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "before", "number"),
    [
        (opened(0), opened(1), 1),
        (opened(1), opened(2), 2),
        ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", None),
        ("0001-01-01", "9999-12-31", None),
        ("9999-12-31T23:59:59-14:00", "", 0),
        ("", "0001-01-01T00:00:00+14:00", 0),
        (opened(2), opened(1), 0),
    ],
)
def test_moments_reach_to_the_ends_of_the_calendar(
    api: Api, everything: list[Ticket], after: str, before: str, number: int | None
) -> None:
    admin = api.enter("admin", "Onlooker")
    page = done(admin.get("/tickets", params={"opened_after": after, "opened_before": before}))
    assert page["total"] == (MANY if number is None else number)


def test_a_moment_without_a_zone_is_the_campuss(database_url: str) -> None:
    with running_api(database_url, LODGE_TIMEZONE="America/New_York") as api:
        api.enter("student"), api.enter("agent")
        populate(api, 10)
        admin = api.enter("admin")
        local = FIRST_OPENED.replace(tzinfo=None).isoformat()
        assert admin.list_ids(opened_before=local + "Z") == []
        # 8:00 in New York is 13:00 UTC, five hours after the first.
        assert len(admin.list_ids(opened_before=local)) == 9
        assert done(api.get("/desk"))["timezone"] == "America/New_York"
        for end in ("0001-01-01T00:00:00", "9999-12-31T23:59:59"):
            assert admin.get("/tickets", params={"opened_after": end}).status_code in (200, 422)
