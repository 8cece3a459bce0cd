"""The desk now, as its staff see it."""

from collections.abc import Iterator

import pytest

from tests.support.api import Api, Visitor, done, running_api, where_it_is_noon


@pytest.fixture(scope="module")
def api(module_database_url: str) -> Iterator[Api]:
    """Whose day does not end during a test."""
    with running_api(module_database_url, LODGE_TIMEZONE=where_it_is_noon()) as running:
        yield running


def test_the_overview_counts_and_tells_the_latest(api: Api, student: Visitor, agent: Visitor) -> None:
    _, answered, started, closed, yesterday = (student.report(f"Problem {n}")["id"] for n in range(5))
    agent.say(answered, "What exactly?")
    agent.edit(started, assignee=agent.person_id)
    agent.move(started, "active")
    agent.move(closed, "active", "closed")
    agent.move(yesterday, "active", "closed")
    api.sql("UPDATE ticket SET closed_at = now() - interval '25 hours' WHERE id = %s", yesterday)
    overview = done(agent.get("/overview"))
    counts = ("open", "active", "closed_today", "waits_for_desk", "waits_for_requester", "unassigned")
    assert {name: overview[name] for name in counts} == {
        "open": 2,
        "active": 1,
        "closed_today": 1,
        "waits_for_desk": 2,
        "waits_for_requester": 1,
        "unassigned": 2,
    }
    latest = overview["latest_messages"][0]
    assert (latest["ticket_id"], latest["ticket_title"], latest["body"]) == (answered, "Problem 1", "What exactly?")
    events = [(event["ticket_id"], event["kind"], event["to"]) for event in overview["recent_events"]]
    assert events[:2] == [(yesterday, "status", "closed"), (yesterday, "status", "active")]
    assert (started, "assignee", "Ada Okafor") in events
    assert len(events) == 10
    assert all(event["ticket_title"].startswith("Problem") for event in overview["recent_events"])


def test_confidential_tickets_are_left_out_for_those_not_named_on_them(
    api: Api, student: Visitor, agent: Visitor, admin: Visitor
) -> None:
    before = done(agent.get("/overview"))
    ticket_id = student.report("A hidden matter")["id"]
    admin.edit(ticket_id, is_confidential=True)
    admin.say(ticket_id, "A hidden answer")
    assert done(agent.get("/overview")) == before
    seen = done(admin.get("/overview"))
    assert seen["open"] == before["open"] + 1
    assert seen["latest_messages"][0]["body"] == "A hidden answer"
