"""Walking through whole lists by cursor: nothing twice, nothing left out, also while the list grows."""

import base64
import json
from typing import Any

import pytest

from contracts.tickets import TicketSort
from tests.support.api import Api, Visitor, done, running_api
from tests.support.population import populate

MANY = 150
PRIORITIES = ["low", "normal", "high", "urgent"]


@pytest.fixture(scope="module", autouse=True)
def population(api: Api, student: Visitor, other_student: Visitor, agent: Visitor, admin: Visitor) -> None:
    populate(api, MANY)


def in_order(tickets: list[dict[str, Any]], sort: str) -> list[dict[str, Any]]:
    """Sorts as a list is sorted; tickets without a value come last in both directions."""
    valued = [ticket for ticket in tickets if key(ticket, sort)[0] is not None]
    others = [ticket for ticket in tickets if ticket not in valued]
    is_falling = sort.startswith("-")
    valued.sort(key=lambda ticket: key(ticket, sort), reverse=is_falling)
    return valued + sorted(others, key=lambda ticket: ticket["id"], reverse=is_falling)


def key(ticket: dict[str, Any], sort: str) -> tuple[Any, ...]:
    name = sort.removeprefix("-").replace("last_word", "last_message_at")
    if name == "priority":
        return PRIORITIES.index(ticket["priority"]), ticket["opened_at"], ticket["id"]
    if name == "reports":
        return ticket["reports"], ticket["opened_at"], ticket["id"]
    return ticket[name], ticket["id"]


@pytest.mark.parametrize("sort", list(TicketSort))
@pytest.mark.parametrize("limit", [7, 50, 200])
def test_each_order_is_walked_whole(admin: Visitor, sort: str, limit: int) -> None:
    found = admin.walk("/tickets", sort=sort, limit=limit)
    assert len({ticket["id"] for ticket in found}) == len(found) == MANY
    assert found == in_order(found, sort)


def test_the_latest_come_first_unless_asked_otherwise(admin: Visitor) -> None:
    assert admin.list_ids() == admin.list_ids(sort="-opened_at")


def test_a_page_that_ends_with_the_list_is_the_last(admin: Visitor) -> None:
    first = done(admin.get("/tickets", params={"limit": MANY // 2}))
    second = done(admin.get("/tickets", params={"limit": MANY // 2, "cursor": first["next_cursor"]}))
    assert len(first["items"]) == len(second["items"]) == MANY // 2
    assert second["next_cursor"] is None
    assert first["total"] == second["total"] == MANY


@pytest.mark.parametrize("query", [{"status": "open"}, {"q": "lift"}, {"tag": "water"}, {"followed": "true"}], ids=str)
@pytest.mark.parametrize("sort", ["-opened_at", "-priority", "modified_at"])
def test_filters_hold_on_every_page(agent: Visitor, query: dict[str, str], sort: str) -> None:
    whole = done(agent.get("/tickets", params={**query, "sort": sort, "limit": 200}))["items"]
    assert agent.walk("/tickets", **query, sort=sort, limit=4) == whole
    assert len(whole) > 8


@pytest.mark.parametrize("sort", ["opened_at", "-opened_at"])
def test_nothing_is_lost_or_doubled_while_tickets_come_in(database_url: str, sort: str) -> None:
    with running_api(database_url) as api:
        student, admin = api.enter("student"), api.enter("admin")
        api.enter("agent")
        populate(api, 40)
        before = {ticket["id"] for ticket in admin.walk("/tickets")}
        page = done(admin.get("/tickets", params={"limit": 5, "sort": sort}))
        found = [ticket["id"] for ticket in page["items"]]
        while page["next_cursor"]:
            student.report()
            page = done(admin.get("/tickets", params={"limit": 5, "sort": sort, "cursor": page["next_cursor"]}))
            found += [ticket["id"] for ticket in page["items"]]
        assert len(found) == len(set(found))
        assert before <= set(found)


def test_a_deleted_ticket_under_the_cursor_breaks_nothing(api: Api, student: Visitor, admin: Visitor) -> None:
    numbers = [student.report()["id"] for _ in range(3)]
    page = done(admin.get("/tickets", params={"limit": 1}))
    assert page["items"][0]["id"] == numbers[2]
    admin.delete(f"/tickets/{numbers[2]}")
    rest = done(admin.get("/tickets", params={"limit": 2, "cursor": page["next_cursor"]}))
    assert [ticket["id"] for ticket in rest["items"]] == [numbers[1], numbers[0]]
    for number in numbers[:2]:
        admin.delete(f"/tickets/{number}")


def test_history_is_paged(student: Visitor, agent: Visitor) -> None:
    ticket_id = student.report()["id"]
    for _ in range(4):
        agent.edit(ticket_id, stage="pending")
        agent.edit(ticket_id, stage="blocked")
    whole = done(agent.get(f"/tickets/{ticket_id}/history"))["items"]
    assert agent.walk(f"/tickets/{ticket_id}/history", limit=3) == whole
    assert len(whole) == 10


def test_people_are_paged(api: Api, agent: Visitor) -> None:
    for number in range(12):
        api.enter("student", f"Paged Person {number:02}")
    names = [person["name"] for person in agent.walk("/people", q="paged", limit=5)]
    assert names == [f"Paged Person {number:02}" for number in range(12)]


# -- cursors are checked -------------------------------------------------------------------------------------------


def spelled(*values: Any) -> str:
    """A cursor as the service writes it, holding anything."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


NOW = 1_790_000_000_000_000
KIND = "tickets -opened_at"
FORGED = {
    "no base64": "%%%",
    "not even ascii": "ü" * 8,
    "base64 of no JSON": base64.urlsafe_b64encode(b"hello").decode(),
    "invalid UTF-8": base64.urlsafe_b64encode(b"\xff\xfe\xfd").decode(),
    "an object": base64.urlsafe_b64encode(b'{"a": 1}').decode(),
    "a number": base64.urlsafe_b64encode(b"5").decode(),
    "null": base64.urlsafe_b64encode(b"null").decode(),
    "an empty list": spelled(),
    "too long": "A" * 501,
    "deep": base64.urlsafe_b64encode(b"[" * 350).decode(),
    "another order": spelled("tickets opened_at", NOW, 1, 5, 0),
    "another list": spelled("people", "Ada", 1),
    "too few values": spelled(KIND, NOW),
    "too many values": spelled(KIND, NOW, 1, 5, 0, 0),
    "text for a moment": spelled(KIND, "now", 1, 5, 0),
    "text for a number": spelled(KIND, NOW, "1", 5, 0),
    "a fraction": spelled(KIND, NOW, 1.5, 5, 0),
    "a truth value": spelled(KIND, NOW, True, 5, 0),
    "null inside": spelled(KIND, None, 1, 5, 0),
    "a list inside": spelled(KIND, [NOW], 1, 5, 0),
    "a huge moment": spelled(KIND, 10**30, 1, 5, 0),
    "a moment before the calendar": spelled(KIND, -(10**18), 1, 5, 0),
    "a huge number": spelled(KIND, NOW, 10**30, 5, 0),
    "a huge total": spelled(KIND, NOW, 1, 10**30, 0),
    "a total that is never counted to": spelled(KIND, NOW, 1, 10_001, 0),
    "a total below nothing": spelled(KIND, NOW, 1, -5, 0),
    "neither counted nor capped": spelled(KIND, NOW, 1, 5, 7),
    "NaN": spelled(KIND, NOW, float("nan"), 5, 0),
    "infinity": spelled(KIND, float("inf"), 1, 5, 0),
    "many digits": base64.urlsafe_b64encode(b'["x",' + b"9" * 360 + b"]").decode(),
}


@pytest.mark.parametrize("cursor", FORGED.values(), ids=FORGED.keys())
def test_a_cursor_that_is_none_is_refused(admin: Visitor, cursor: str) -> None:
    answer = admin.get("/tickets", params={"cursor": cursor})
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["name"] == "query.cursor"


@pytest.mark.parametrize("priority", [-1, 4, 2**15, 2**40, True])
@pytest.mark.parametrize("sort", ["priority", "-priority"])
def test_a_priority_that_is_none_is_refused(admin: Visitor, sort: str, priority: int) -> None:
    cursor = spelled(f"tickets {sort}", priority, NOW, 1, 5, 0)
    assert admin.get("/tickets", params={"sort": sort, "cursor": cursor}).status_code == 422


@pytest.mark.parametrize("values", [(NOW, 2**62, 5, 0), (-(10**15), -5, 10, 1), (NOW, 0, 0, 0)])
def test_a_cursor_within_bounds_is_just_another_place_in_the_list(admin: Visitor, values: tuple[int, ...]) -> None:
    page = done(admin.get("/tickets", params={"cursor": spelled(KIND, *values)}))
    assert page["total"] >= 0


def test_a_cursor_of_one_list_is_refused_by_another(student: Visitor, agent: Visitor) -> None:
    first, second = student.report()["id"], student.report()["id"]
    for number in (first, second):
        student.say(number), student.say(number)
    lists = [
        ("/tickets", {}),
        ("/tickets", {"sort": "priority"}),
        ("/people", {}),
        (f"/tickets/{first}/messages", {}),
        (f"/tickets/{first}/messages", {"sort": "-created_at"}),
        (f"/tickets/{second}/messages", {}),
    ]
    cursors = [done(agent.get(path, params={**query, "limit": 1}))["next_cursor"] for path, query in lists]
    assert len(set(cursors)) == len(lists)
    for (path, query), own in zip(lists, cursors, strict=True):
        for cursor in cursors:
            status = agent.get(path, params={**query, "cursor": cursor}).status_code
            assert status == (200 if cursor == own else 422), (path, query)


def test_a_cursor_lets_nobody_read_more(api: Api, student: Visitor, other_student: Visitor, agent: Visitor) -> None:
    """It is a place in a list, no key to it."""
    cursor = done(agent.get("/tickets", params={"limit": 5}))["next_cursor"]
    seen = other_student.walk("/tickets", cursor=cursor)
    assert {ticket["id"] for ticket in seen} <= {ticket["id"] for ticket in other_student.walk("/tickets")}
