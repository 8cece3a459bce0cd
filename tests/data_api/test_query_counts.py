"""How many statements each route costs: a number that does not grow with what it answers."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, event

from tests.support import rows
from tests.support.api import running_api
from tests.support.population import populate


class Counted:
    """The statements that a request sends, of an application inside this process."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.statements: list[str] = []

    def note(self, _: Any, __: Any, statement: str, *___: Any) -> None:
        self.statements.append(statement)

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[Any, int]:
        """The answer's JSON and how many statements it took."""
        self.statements.clear()
        answer = self.client.request(method, path, json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None, len(self.statements)


@pytest.fixture(scope="module")
def counted(module_database_url: str) -> Iterator[Counted]:
    """An administrator among sixty tickets, whose requests are counted."""
    with pytest.MonkeyPatch.context() as patch:
        # What the background asks is not counted.
        patch.setattr("data_api.background.learning.EVERY_SECONDS", 3600.0)
        patch.setattr("data_api.background.cleanup.FIRST_SECONDS", 3600.0)
        patch.setattr("data_api.background.token_uses.EVERY_SECONDS", 3600.0)
        # On a busy machine too, counts are whole, and so are kept.
        patch.setattr("data_api.tickets.list_repository.SECONDS_TO_COUNT", 600.0)
        with running_api(module_database_url) as api:
            for role, name in (("student", "Mia"), ("student", "Jonas"), ("agent", "Ada"), ("agent", "Noor")):
                api.enter(role, name)
            porters = rows.team(api, "Porters")
            populate(api, 60)
            admin = api.enter("admin", "Counting")
            api.sql("UPDATE person SET team_id = %s WHERE id = %s", porters, admin.person_id)
            counter = Counted(admin)
            for number in range(5):
                counter.ask("POST", "/queries", {"name": f"Open {number}", "sql": "FROM ticket"})
                counter.ask("POST", "/queries/history", {"sql": "FROM ticket", "state": "done", "elapsed_ms": 1})
            event.listen(Engine, "before_cursor_execute", counter.note)
            yield counter
            event.remove(Engine, "before_cursor_execute", counter.note)


# Each statement is a round trip; the first of each finds who asks.
LISTS = {
    "/tickets": 4,
    "/tickets?status=open&status=active&sort=-priority": 4,
    "/tickets?q=lift": 5,
    "/tickets?tag=water": 4,
    "/tickets?stage=done&stage=pending": 5,
    "/tickets?assignee=none&assignee=my-team": 5,
    "/tickets?team=none": 4,
    "/tickets?team=my-team": 4,
    "/tickets?team=porters&team=my-team": 5,
    "/search?q=lift": 6,
    "/people": 2,
    "/queries": 2,
    "/queries?whose=mine": 2,
    "/queries?q=open": 3,
    "/queries/history": 2,
}


@pytest.mark.parametrize(("path", "most"), LISTS.items(), ids=LISTS)
def test_a_list_costs_the_same_whatever_its_length(counted: Counted, path: str, most: int) -> None:
    joined = f"{path}{'&' if '?' in path else '?'}limit="
    few, cost_of_few = counted.ask("GET", f"{joined}2")
    many, cost_of_many = counted.ask("GET", f"{joined}50")
    assert len(few["items"]) < len(many["items"])
    assert cost_of_many <= cost_of_few <= most


def test_the_board_costs_the_same_however_many_cards_it_has(counted: Counted) -> None:
    """Who asks, the stages, then what is in the columns and how much: in all those that are not closed at once, and in
    each closed one; then all tickets, with what blocks them."""
    few, cost_of_few = counted.ask("GET", "/board?limit=2")
    many, cost_of_many = counted.ask("GET", "/board?limit=50")
    cards = [sum(len(column["tickets"]) for column in board["columns"]) for board in (few, many)]
    assert cards == [10, 60]
    assert cost_of_many <= cost_of_few <= 7
    assert counted.ask("GET", "/board?assignee=none&assignee=my-team&tag=water&category=technical-it")[1] <= 8
    assert counted.ask("GET", "/board?q=lift")[1] <= 3 + 2 * 5 + 1, "a search looks at each column by itself"


@pytest.mark.parametrize(("part", "most"), [("messages", 3), ("history", 3)])
def test_a_ticket_costs_the_same_however_much_happened(counted: Counted, part: str, most: int) -> None:
    quiet, busy = (counted.ask("POST", "/tickets", {"description": "x"})[0]["id"] for _ in range(2))
    for number in range(20):
        counted.ask("POST", f"/tickets/{busy}/messages", {"body": f"Line {number}"})
        counted.ask("PATCH", f"/tickets/{busy}", {"version": number + 1, "room": str(number)})
    _, cost_of_little = counted.ask("GET", f"/tickets/{quiet}/{part}")
    found, cost_of_much = counted.ask("GET", f"/tickets/{busy}/{part}")
    assert len(found["items"]) >= 20
    assert cost_of_much <= cost_of_little <= most


@pytest.mark.parametrize(("name", "most"), [("categories", 2), ("buildings", 2), ("stages", 2)])
def test_the_short_lists_cost_two(counted: Counted, name: str, most: int) -> None:
    assert counted.ask("GET", f"/{name}")[1] <= most


@pytest.mark.parametrize(
    ("path", "most"),
    [
        *(
            ("/me", 1),
            ("/me/unread", 2),
            ("/me/mentions", 2),
            ("/tags", 2),
            ("/canned-replies", 2),
            ("/overview", 5),
            ("/overview/lists", 16),
            ("/overview/workload", 2),
            ("/desk", 0),
            ("/health", 1),
        ),
        *(("/views", 2), ("/views/counts", 8)),
        # One more where tickets without a value follow on the page.
        *(("/tickets?sort=-last_word", 5), ("/tickets?sort=closed_at&limit=5", 4)),
    ],
)
def test_the_other_questions(counted: Counted, path: str, most: int) -> None:
    assert counted.ask("GET", path)[1] <= most


def test_counts_are_counted_anew_only_after_a_change(counted: Counted) -> None:
    counted.ask("GET", "/views/counts")
    known, cost = counted.ask("GET", "/views/counts")
    assert cost == 2, "who asks, and whether anything has changed"
    counted.ask("POST", "/tickets", {"description": "x"})
    changed, cost = counted.ask("GET", "/views/counts")
    assert cost > 2
    totals = [{one["view"]: one["total"] for one in found["counts"]} for found in (known, changed)]
    assert totals[1]["all-open"] == totals[0]["all-open"] + 1


def test_changing_costs_a_fixed_number(counted: Counted) -> None:
    ticket, cost = counted.ask("POST", "/tickets", {"description": "x", "building": "canteen"})
    assert cost <= 12
    at = f"/tickets/{ticket['id']}"
    assert counted.ask("GET", at)[1] <= 3
    assert counted.ask("POST", f"{at}/messages", {"body": "x"})[1] <= 5
    assert counted.ask("PATCH", at, {"version": 1, "priority": "high"})[1] <= 6
    few = counted.ask("PATCH", at, {"version": 2, "tags": ["a"]})[1]
    many = counted.ask("PATCH", at, {"version": 3, "tags": [f"tag {n}" for n in range(20)]})[1]
    assert many <= few <= 9
    assert counted.ask("PATCH", at, {"version": 4, "team": "porters"})[1] <= 8
    assert counted.ask("POST", f"{at}/status", {"status": "active"})[1] <= 8
    assert counted.ask("PUT", f"{at}/read")[1] <= 3
    assert counted.ask("PUT", f"{at}/follow")[1] <= 3
    assert counted.ask("DELETE", f"{at}/follow")[1] <= 3
    other, _ = counted.ask("POST", "/tickets", {"description": "x"})
    link = {"kind": "blocks", "ticket": other["id"]}
    # Which circles there are is one of them, and each ticket has a line of history of its own.
    assert counted.ask("POST", f"{at}/links", link)[1] <= 12
    assert counted.ask("GET", f"{at}/links")[1] <= 3
    # What blocks it, and whom to tell of it.
    assert counted.ask("POST", f"{at}/status", {"status": "closed"})[1] <= 10
    assert counted.ask("DELETE", f"{at}/links", link)[1] <= 7
    # Those that it is linked with are locked with it, and get a line.
    assert counted.ask("DELETE", at)[1] <= 8


def test_an_idempotency_key_costs_three_more(counted: Counted) -> None:
    counted.statements.clear()
    answer = counted.client.post("/tickets", json={"description": "x"}, headers={"Idempotency-Key": "counted"})
    assert answer.status_code == 201
    assert len(counted.statements) <= 13


def test_an_automatic_assignment_costs_two_more(counted: Counted) -> None:
    """However many rules and people there are: one for the rule that fits, which any report costs, one for the team's
    people, and one for the lines of the history."""
    team, _ = counted.ask("POST", "/teams", {"name": "Assigned"})
    for number in range(12):
        counted.ask("POST", "/people", {"name": f"Assigned {number}", "roles": ["agent"], "team": team["slug"]})
        words = [f"nothing {number}"] if number < 11 else []
        counted.ask("POST", "/assignment-rules", {"name": "x", "team": team["slug"], "is_on": True, "words": words})
    ticket, cost = counted.ask("POST", "/tickets", {"description": "x", "building": "canteen"})
    assert ticket["assignee"] is not None
    assert cost <= 14
    assert counted.ask("GET", "/assignment-rules")[1] <= 2
    assert counted.ask("GET", "/teams/assigned/load")[1] <= 3
    assert counted.ask("POST", "/assignment-rules/try", {})[1] <= 7
    named = {"categories": ["technical-it"], "buildings": ["canteen"], "team": team["slug"]}
    drafts = [{"name": "x", "words": [f"lift {number}"], **named} for number in range(20)]
    assert counted.ask("POST", "/assignment-rules/try", {"rules": drafts})[1] <= 10
    for rule in counted.ask("GET", "/assignment-rules")[0]["items"]:
        counted.ask("DELETE", f"/assignment-rules/{rule['id']}")


@pytest.mark.parametrize(
    ("change", "most"),
    [
        ({"priority": "urgent", "tags_added": ["counted"]}, 25),
        ({"status": "closed", "starts_work": True}, 25),
        # And with the category: what was learned from the tickets, and from other tickets with their texts.
        ({"category": "services-complaints"}, 30),
    ],
    ids=str,
)
def test_many_tickets_cost_the_same_however_many(counted: Counted, change: dict[str, Any], most: int) -> None:
    """Those of one step, with the request's own: who asks, what is named, the tickets and the result."""
    reports = [{"description": f"Counted {number}", "category": "technical-it"} for number in range(25)]
    tickets = [counted.ask("POST", "/tickets", report)[0]["id"] for report in reports]
    _, few = counted.ask("POST", "/tickets/bulk", {"ids": tickets[:5], "change": change})
    _, many = counted.ask("POST", "/tickets/bulk", {"ids": tickets[5:], "change": change})
    assert many <= few <= most
