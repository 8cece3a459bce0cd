"""Whatever a person filters, sorts, searches and counts by: tickets that they may not read change nothing of it."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from contracts.tickets import TicketSort
from data_api.tickets import list_repository
from tests.support import rows
from tests.support.api import Api, Visitor, done, running_api
from tests.support.population import opened, populate

QUESTIONS = 250  # each is asked before and after the hidden tickets are there
MANY = 60
STUDENT_FILTERS: dict[str, list[Any]] = {
    "status": ["open", "active", "closed", ["open", "active"]],
    "stage": ["to-do", "pending", "done", ["to-do", "done"]],
    "category": ["technical-it", "services-complaints"],
    "priority": ["low", "urgent"],
    "assignee": ["none", "me", "my-team", "3", "4"],
    "team": ["none", "my-team", "porters", ["none", "porters"]],
    "requester": ["me", "1", "2"],
    "building": ["canteen", "main-library"],
    "room": ["R", "r3", "hid"],
    "tag": ["water", "lift", "hidden"],
    "waits_for": ["desk", "requester"],
    "blocked": ["true", "false"],
    "followed": ["true"],
    "confidential": ["true"],
    "q": ["heating", "lift stuck", "hidden", "hid", "#70", "70"],
    "opened_after": [opened(10)],
    "opened_before": [opened(20)],
    "modified_after": [opened(2990)],
    "modified_before": [opened(2990)],
    "closed_after": [opened(8)],
    "closed_before": [opened(8)],
    "reports_at_least": ["2", "9"],
}


@pytest.fixture
def hiding(database_url: str) -> Iterator[Api]:
    """A desk whose students see their own tickets only."""
    with running_api(database_url, LODGE_STUDENTS_SEE="own") as api:
        yield api


def hide_tickets(api: Api, requester: int, assignee: int) -> None:
    """Adds tickets of somebody else, some confidential, with everything that a filter can find."""
    moments = (opened(hours) for hours in range(5, 45))
    for number, moment in enumerate(moments):
        is_closed = number % 3 == 0
        hidden = rows.ticket(
            api,
            title="A hidden lift",
            description="Heating cold, lift stuck",
            status="closed" if is_closed else "open",
            room=f"R{number % 7}" if number % 2 else "Hidden",
            building_id=1 + number % 3,
            requester_id=requester,
            assignee_id=assignee if number % 2 else None,
            is_confidential=number % 4 == 0,
            opened_at=moment,
            modified_at=opened(2985 + number % 9),
            closed_at=opened(9) if is_closed else None,
            last_message_at=opened(1995) if number % 2 else None,
            reports=1 + number % 10,
        )
        rows.tag(api, hidden, ("water", "hidden")[number % 2])
        rows.block(api, hidden, number + 1)
        rows.block(api, number + 2, hidden)


def test_hidden_tickets_change_no_answer(hiding: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_repository, "SECONDS_TO_COUNT", 600.0)
    student, other = hiding.enter("student", "Mia"), hiding.enter("student", "Jonas")
    agent = hiding.enter("agent", "Ada")
    populate(hiding, MANY)
    hiding.sql("UPDATE person SET team_id = %s", rows.team(hiding, "Everybody"))
    queries = list(made_up(random.Random(15)))
    shared = {"name": "Shared", "query": {"sort": ["-last_word"]}, "team": "everybody"}
    done(agent.post("/views", json=shared), 201)

    def told() -> list[Any]:
        pages = [done(student.get("/tickets", params=query)) for query in queries]
        return [done(student.get("/views/counts")), *([page["items"], page["total"]] for page in pages)]

    before, seen_by_staff = told(), done(agent.get("/views/counts"))
    hide_tickets(hiding, other.person_id, agent.person_id)
    assert told() == before
    assert any(total for _, total in before[1:])
    assert done(agent.get("/views/counts")) != seen_by_staff


def made_up(guess: random.Random) -> Iterator[dict[str, Any]]:
    for _ in range(QUESTIONS):
        names = guess.sample(list(STUDENT_FILTERS), k=guess.randint(0, 3))
        filters = {name: guess.choice(STUDENT_FILTERS[name]) for name in names}
        yield {**filters, "sort": guess.choice(list(TicketSort)).value, "limit": guess.choice([1, 5, 200])}


def test_an_internal_note_is_no_last_word(student: Visitor, agent: Visitor) -> None:
    number = student.report()["id"]
    assert (agent.read(number)["last_message_at"], agent.read(number)["last_message_by"]) == (None, None)
    agent.say(number, "A secret", is_internal=True)
    assert (agent.read(number)["last_message_at"], student.read(number)["last_message_by"]) == (None, None)
    said = agent.say(number)
    agent.say(number, "Another secret", is_internal=True)
    (row,) = done(student.get("/tickets", params={"sort": "-last_word", "limit": 1}))["items"]
    assert (row["id"], row["last_message_at"]) == (number, said["created_at"])
    assert row["last_message_by"] == {"id": agent.person_id, "name": agent.name}
