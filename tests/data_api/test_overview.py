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


def test_the_lists_begin_with_what_is_next_and_count_all(
    api: Api, student: Visitor, agent: Visitor, admin: Visitor
) -> None:
    ben = api.enter("agent", "Ben Lists")
    urgent, calm = (student.report("For Ben", priority=priority)["id"] for priority in ("urgent", "low"))
    for ticket in (calm, urgent):
        agent.edit(ticket, assignee=ben.person_id)
    closed = [student.report(f"Closed {n}")["id"] for n in range(2)]
    for ticket in closed:
        agent.move(ticket, "active", "closed")
    agent.edit(closed[0], priority="low")
    before = done(admin.get("/overview/lists"))["unassigned_confidential"]
    student.report("For few", is_confidential=True)

    def listed(visitor: Visitor, name: str) -> list[int]:
        return [ticket["id"] for ticket in done(visitor.get("/overview/lists"))[name]["items"]]

    assert listed(ben, "mine") == [urgent, calm]
    assert done(ben.get("/overview/lists"))["mine"]["total"] == 2
    assert (
        listed(agent, "unassigned")
        == agent.list_ids(assignee="none", status=["open", "active"], sort="-modified_at")[:5]
    )
    assert listed(agent, "oldest") == agent.list_ids(status=["open", "active"], sort="opened_at")[:5]
    assert listed(agent, "solved")[:2] == closed[::-1], "in the order of closing"
    assert done(agent.get("/overview/lists"))["unassigned_confidential"] is None
    assert done(admin.get("/overview/lists"))["unassigned_confidential"] == before + 1


def test_confidential_tickets_are_left_out_for_those_not_named_on_them(
    api: Api, student: Visitor, agent: Visitor, admin: Visitor
) -> None:
    before, seen_before = (done(visitor.get("/overview")) for visitor in (agent, admin))
    ticket_id = student.report("A hidden matter")["id"]
    admin.edit(ticket_id, is_confidential=True)
    admin.say(ticket_id, "A hidden answer")
    assert done(agent.get("/overview")) == before
    seen = done(admin.get("/overview"))
    assert seen["open"] == seen_before["open"] + 1
    assert seen["latest_messages"][0]["body"] == "A hidden answer"


def test_the_workload_names_first_who_has_more_than_they_can_do(api: Api, student: Visitor) -> None:
    manager = api.enter("manager", "Omar Haddad")
    busy, calm, gone = (api.enter("agent", f"Load {name}") for name in ("busy", "calm", "gone"))
    for worker, number in ((busy, 2), (calm, 3), (gone, 1)):
        for _ in range(number):
            done(manager.post("/tickets", json={"description": "x", "assignee": worker.person_id}), 201)
    first = busy.list_ids(assignee="me")[0]
    busy.move(first, "active")
    calm.move(calm.list_ids(assignee="me")[0], "active", "closed")
    api.sql("UPDATE person SET capacity = 1, away_from = current_date - 1 WHERE id = %s", busy.person_id)
    api.sql("UPDATE person SET capacity = 9 WHERE id = %s", calm.person_id)
    api.sql("UPDATE person SET deactivated_at = now() WHERE id = %s", gone.person_id)
    people = done(manager.get("/overview/workload"))["people"]
    found = {person["name"]: person for person in people if person["name"].startswith("Load")}
    assert list(found) == ["Load busy", "Load calm", "Load gone"]
    assert people[0]["name"] == "Load busy"
    told = {name: (one["open"], one["active"], one["capacity"]) for name, one in found.items()}
    assert told == {"Load busy": (1, 1, 1), "Load calm": (2, 0, 9), "Load gone": (1, 0, None)}
    assert [(one["is_away"], one["is_deactivated"]) for one in found.values()] == [
        (True, False),
        (False, False),
        (False, True),
    ]
    names = {person["name"] for person in people}
    assert manager.name in names, "whoever works on tickets and has none"
    assert student.name not in names


def test_the_workload_counts_what_the_asking_person_may_read(
    api: Api, student: Visitor, agent: Visitor, admin: Visitor
) -> None:
    colleague = api.enter("agent", "Load hidden")

    def open_tickets(visitor: Visitor) -> int:
        people = done(visitor.get("/overview/workload"))["people"]
        return next(int(one["open"]) for one in people if one["id"] == colleague.person_id)

    ticket_id = student.report("A hidden matter")["id"]
    admin.edit(ticket_id, assignee=colleague.person_id, is_confidential=True)
    assert [open_tickets(visitor) for visitor in (agent, colleague, admin)] == [0, 1, 1]
