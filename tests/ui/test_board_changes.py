"""What the board sends by itself: moves and assignments, and who may make them."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from streamlit_app.client import environment
from streamlit_app.server import board_changes
from streamlit_app.server.cookies import cookie_name
from streamlit_app.server.security import Gate
from tests.data_api.links.linking import link
from tests.support.api import Api, Visitor

DESK = "http://127.0.0.1:8501"
FROM_HERE = {"Origin": DESK}
KEPT = (environment.answered_names, environment.public_url, environment.home)


@pytest.fixture
def browser(_ui: None) -> Iterator[TestClient]:
    """The pages' server without Streamlit inside."""
    for kept in KEPT:
        kept.cache_clear()
    app = Starlette(routes=board_changes.routes, middleware=[Middleware(Gate)])
    with TestClient(app, base_url=DESK) as client:
        yield client
    for kept in KEPT:
        kept.cache_clear()


@pytest.fixture
def inside(browser: TestClient, agent: Visitor) -> TestClient:
    browser.cookies.set(cookie_name("127.0.0.1:8501"), agent.token)
    return browser


def move(
    browser: TestClient,
    ticket: dict[str, Any],
    wanted: str,
    *,
    seen: str = "to-do",
    version: int | None = None,
    **more: bool,
) -> dict[str, Any]:
    wish = {"ticket": ticket["id"], "field": "stage", "seen": seen, "wanted": wanted, **more}
    answer = browser.post("/board/changes", json=wish | {"version": version or ticket["version"]}, headers=FROM_HERE)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_a_card_is_moved(inside: TestClient, agent: Visitor) -> None:
    ticket = agent.report()
    told = move(inside, ticket, "in-progress")
    assert (told["problem"], told["faster"]) == ("", None)
    now = agent.read(ticket["id"])
    assert (now["stage"], now["status"]) == ("in-progress", "active")
    assert told["ticket"] == {
        "version": now["version"],
        "stage": "in-progress",
        "allowed": now["allowed_statuses"],
        "assignee": None,
        "assignee_name": "",
    }
    later = move(inside, now, "pending", seen="in-progress")
    assert later["at"] > told["at"], "the order in which a board knows what is newer"


def test_a_move_against_a_rule_says_why(inside: TestClient, student: Visitor, agent: Visitor) -> None:
    ticket = student.report()
    told = move(inside, ticket, "completed")
    assert "cannot become closed" in told["problem"]
    assert agent.read(ticket["id"])["stage"] == "to-do"
    assert "nowhere" in move(inside, ticket, "nowhere")["problem"]


def test_a_blocked_card_is_closed_after_a_question(inside: TestClient, agent: Visitor) -> None:
    blocker, ticket = agent.report(), agent.report()
    link(agent, blocker["id"], "blocks", ticket["id"])
    now = agent.move(ticket["id"], "active")
    told = move(inside, now, "completed", seen="in-progress")
    assert (told["is_blocked"], told["problem"]) == (
        True,
        f"Ticket {ticket['id']} is blocked by #{blocker['id']}, which is not closed.",
    )
    assert move(inside, now, "completed", seen="in-progress", despite_blockers=True)["problem"] == ""
    assert agent.read(ticket["id"])["status"] == "closed"


def test_a_change_of_another_field_is_no_reason_to_refuse(inside: TestClient, agent: Visitor) -> None:
    ticket = agent.report()
    agent.edit(ticket["id"], room="2.14")
    assert move(inside, ticket, "in-progress")["problem"] == ""


def test_somebody_who_was_faster_is_named(inside: TestClient, agent: Visitor, api: Api) -> None:
    ticket = agent.report()
    other = api.enter("agent", "Maja Weber")
    other.edit(ticket["id"], stage="pending")
    told = move(inside, ticket, "in-progress")
    assert told["problem"]
    assert told["faster"] == {"name": "Maja Weber", "to": "pending"}
    assert told["ticket"]["stage"] == "pending"
    # Who wanted the same has it.
    assert move(inside, ticket, "pending")["problem"] == ""
    agent.edit(ticket["id"], stage="blocked")
    assert move(inside, ticket, "in-progress", version=2)["faster"]["name"] == "You"


def test_a_ticket_is_taken_once(inside: TestClient, agent: Visitor, api: Api) -> None:
    ticket = agent.report()
    wish = {"ticket": ticket["id"], "version": 1, "field": "assignee", "seen": None, "wanted": agent.person_id}
    told = inside.post("/board/changes", json=wish, headers=FROM_HERE).json()
    assert told["ticket"]["assignee_name"] == agent.name
    other = api.enter("agent", "Maja Weber")
    other.edit(ticket["id"], assignee=other.person_id)
    again = inside.post("/board/changes", json=wish | {"seen": agent.person_id}, headers=FROM_HERE).json()
    assert again["faster"] == {"name": "Maja Weber", "to": "Maja Weber"}


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Origin": "http://127.0.0.1:9"}, "{}", 403),
        ({"Content-Type": "text/plain"}, "{}", 415),
        ({}, '{"wanted": "' + "x" * board_changes.MOST_BODY_BYTES + '"}', 413),
        ({}, "[]", 422),
        ({}, '{"ticket": 1, "version": 1, "field": "title", "seen": "a", "wanted": "b"}', 422),
        ({}, '{"ticket": 1, "version": 1, "field": "stage", "seen": "a", "wanted": "b", "status": "closed"}', 422),
    ],
)
def test_what_is_refused(inside: TestClient, headers: dict[str, str], body: str, status: int) -> None:
    given = {"Content-Type": "application/json", **FROM_HERE, **headers}
    answer = inside.post("/board/changes", content=body, headers=given)
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]


def test_only_who_may_work_on_tickets(browser: TestClient, api: Api, agent: Visitor) -> None:
    ticket = agent.report()
    wish = {"ticket": ticket["id"], "version": 1, "field": "stage", "seen": "to-do", "wanted": "in-progress"}
    assert browser.post("/board/changes", json=wish, headers=FROM_HERE).status_code == 401
    browser.cookies.set(cookie_name("127.0.0.1:8501"), api.enter("student", "Mia Rossi").token)
    told = browser.post("/board/changes", json=wish, headers=FROM_HERE).json()
    assert told["problem"]
    assert agent.read(ticket["id"])["stage"] == "to-do"
