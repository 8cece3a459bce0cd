"""One change of many tickets: what it does to each, what it refuses, and what its preview says of both."""

from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from data_api.access import rate_limits
from data_api.background.cleanup import delete_old_rows
from data_api.bulk import service
from data_api.kit.database import make_engine
from tests.support.api import Api, Visitor, done


@pytest.fixture
def ids(student: Visitor) -> list[int]:
    return [student.report(f"Problem {number}")["id"] for number in range(3)]


def change(visitor: Visitor, ids: Sequence[int], key: str | None = None, **change: Any) -> dict[str, Any]:
    headers = {"Idempotency-Key": key} if key else {}
    answer = visitor.post("/tickets/bulk", json={"ids": list(ids), "change": change}, headers=headers)
    return done(answer)


def kinds(visitor: Visitor, ticket_id: int) -> list[str]:
    return [line["kind"] for line in visitor.walk(f"/tickets/{ticket_id}/history")]


def errors(answer: dict[str, Any]) -> dict[int, str]:
    return {one["id"]: one["error"] for one in answer["refused"]}


def test_each_is_changed_as_one_alone(agent: Visitor, ids: list[int]) -> None:
    answer = change(agent, ids, assignee=agent.person_id, priority="high", status="active", tags_added=["Outage"])

    assert (answer["state"], answer["total"], answer["done"], answer["unchanged"]) == ("finished", 3, 3, 0)
    assert answer["refused"] == []
    for number in ids:
        ticket = agent.read(number)
        assert (ticket["assignee"]["id"], ticket["priority"], ticket["status"]) == (agent.person_id, "high", "active")
        assert (ticket["tags"], ticket["version"], ticket["stage"]) == (["outage"], 2, "in-progress")
        assert kinds(agent, number) == ["opened", "assignee", "priority", "tags", "status", "stage"]
    lines = agent.walk(f"/tickets/{ids[0]}/history")[1:]
    assert {line["actor"]["id"] for line in lines} == {agent.person_id}
    assert agent.read(ids[0])["modified_at"] == lines[0]["occurred_at"]


def test_what_is_so_already_stays_as_it_is(agent: Visitor, ids: list[int]) -> None:
    agent.edit(ids[0], priority="high")
    answer = change(agent, ids, priority="high")
    assert (answer["done"], answer["unchanged"]) == (3, 1)
    assert agent.read(ids[0])["version"] == 2


def test_a_refused_ticket_is_left_as_a_whole(agent: Visitor, ids: list[int]) -> None:
    """An open ticket cannot be closed; what came before that in the same change is undone with it."""
    agent.move(ids[1], "active")
    before = [agent.read(number) for number in ids]
    answer = change(agent, ids, priority="urgent", tags_added=["leak"], status="closed")

    assert answer["done"] == 1
    assert errors(answer) == {ids[0]: "TransitionRefused", ids[2]: "TransitionRefused"}
    single = agent.post(f"/tickets/{ids[0]}/status", json={"status": "closed"})
    assert single.json()["detail"] == answer["refused"][0]["detail"]
    for place in (0, 2):
        assert agent.read(ids[place]) == before[place]
        assert kinds(agent, ids[place]) == ["opened"]
    assert agent.read(ids[1])["closed_reason"] == "solved"


def test_open_tickets_are_closed_in_one_step_if_that_is_said(agent: Visitor, ids: list[int]) -> None:
    answer = change(agent, ids, status="closed", starts_work=True, reason="no-longer-needed")
    assert answer["done"] == 3
    again = change(agent, ids, status="closed", starts_work=True)
    assert set(errors(again).values()) == {"TransitionRefused"}
    assert agent.read(ids[0])["closed_reason"] == "no-longer-needed"


def test_a_stage_of_another_status_is_that_transition(agent: Visitor, ids: list[int]) -> None:
    agent.move(ids[0], "active")
    answer = change(agent, ids, stage="completed")
    assert errors(answer) == {ids[1]: "TransitionRefused", ids[2]: "TransitionRefused"}
    assert agent.read(ids[0])["status"] == "closed"


def test_tags_are_added_and_removed_one_by_one(agent: Visitor, ids: list[int]) -> None:
    agent.edit(ids[0], tags=["water", "wing-a"])
    agent.edit(ids[1], tags=[f"tag-{number}" for number in range(20)])
    answer = change(agent, ids, tags_added=["leak"], tags_removed=["water"])

    assert errors(answer) == {ids[1]: "InvalidInput"}
    assert "21 tags" in answer["refused"][0]["detail"]
    assert [agent.read(ids[place])["tags"] for place in (0, 2)] == [["leak", "wing-a"], ["leak"]]


def test_null_clears_the_assignee_and_the_team(api: Api, agent: Visitor, ids: list[int]) -> None:
    api.sql("INSERT INTO team (slug, name) VALUES ('networks', 'Networks') ON CONFLICT DO NOTHING")
    change(agent, ids, assignee=agent.person_id, team="networks")
    assert agent.read(ids[0])["team"] == "networks"
    change(agent, ids[:2], assignee=None, team=None)
    assert [agent.read(number)["assignee"] for number in ids[:2]] == [None, None]
    assert [agent.read(number)["team"] for number in ids] == [None, None, "networks"]


def test_the_category_is_learned_from_each(api: Api, agent: Visitor, ids: list[int]) -> None:
    change(agent, ids, category="technical-it")
    learned = api.sql("SELECT count(*) FROM training_example WHERE ticket_id = ANY (%s)", ids)
    assert learned == [(3,)]
    assert {agent.read(number)["category"] for number in ids} == {"technical-it"}


def test_all_that_a_list_finds(agent: Visitor, ids: list[int]) -> None:
    change(agent, ids[:2], tags_added=["found-by-query"])
    body = {"query": {"tag": ["found-by-query"], "status": ["open"]}, "change": {"priority": "low"}}
    preview = done(agent.post("/tickets/bulk/preview", json=body))
    assert ([one["id"] for one in preview["tickets"]], preview["found_more"]) == (ids[1::-1], False)
    answer = done(agent.post("/tickets/bulk", json=body))
    assert answer["done"] == 2
    assert [agent.read(number)["priority"] for number in ids] == ["low", "low", "normal"]
    nothing = done(agent.post("/tickets/bulk", json={**body, "query": {"tag": ["no-such"]}}))
    assert (nothing["state"], nothing["total"]) == ("finished", 0)


def test_more_than_may_be_changed_at_once_are_not_changed(
    agent: Visitor, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    change(agent, ids, tags_added=["too-many"])
    monkeypatch.setattr(service, "MOST_TICKETS", 2)
    body = {"query": {"tag": ["too-many"]}, "change": {"priority": "low"}}
    preview = done(agent.post("/tickets/bulk/preview", json=body))
    assert (preview["found_more"], preview["done"]) == (True, 2)
    refused = agent.post("/tickets/bulk", json=body)
    assert (refused.status_code, refused.json()["fields"][0]["name"]) == (422, "body.query")
    assert agent.read(ids[0])["priority"] == "normal"


def test_what_was_changed_since_it_was_seen_is_not_overwritten(agent: Visitor, ids: list[int]) -> None:
    preview = done(agent.post("/tickets/bulk/preview", json={"ids": ids}))
    versions = [one["version"] for one in preview["tickets"]]
    agent.edit(ids[1], priority="urgent")
    body = {"ids": ids[::-1], "versions": versions[::-1], "change": {"priority": "low"}}
    answer = done(agent.post("/tickets/bulk", json=body))
    assert errors(answer) == {ids[1]: "StaleVersion"}
    assert [agent.read(number)["priority"] for number in ids] == ["low", "urgent", "low"]


@pytest.fixture
def hidden(api: Api, student: Visitor) -> int:
    number: int = student.report("Of the quokka", is_confidential=True)["id"]
    return number


def test_what_may_not_be_read_is_not_found(
    api: Api, agent: Visitor, admin: Visitor, ids: list[int], hidden: int
) -> None:
    wanted = [*ids, hidden, 987_654_321]
    for path in ("/tickets/bulk/preview", "/tickets/bulk"):
        answer = done(agent.post(path, json={"ids": wanted, "change": {"priority": "urgent"}}))
        assert errors(answer) == {hidden: "TicketNotFound", 987_654_321: "TicketNotFound"}
        assert answer["refused"][0]["detail"].replace(str(hidden), "N") == (
            answer["refused"][1]["detail"].replace("987654321", "N")
        )
        assert "quokka" not in str(answer)
    assert admin.read(hidden)["priority"] == "normal"
    query = {"query": {"confidential": True}, "change": {"priority": "urgent"}}
    assert done(agent.post("/tickets/bulk", json=query))["total"] == 0
    assert change(admin, [hidden], priority="high")["done"] == 1


def test_who_gives_a_confidential_ticket_away_keeps_reading_it(
    api: Api, agent: Visitor, admin: Visitor, hidden: int
) -> None:
    other = api.enter("agent", "Noor Aziz")
    admin.edit(hidden, assignee=agent.person_id)
    assert change(agent, [hidden], assignee=other.person_id)["done"] == 1
    assert agent.read(hidden)["is_followed"] is True


CHANGES: list[dict[str, Any]] = [
    {"status": "active"},
    {"status": "closed"},
    {"status": "closed", "starts_work": True},
    {"stage": "completed"},
    {"stage": "pending", "priority": "high"},
    {"priority": "urgent"},
    {"tags_added": ["one"], "tags_removed": ["two"]},
    {"category": "technical-it", "assignee": None},
]


@pytest.mark.parametrize("wanted", CHANGES, ids=str)
def test_the_preview_says_what_is_done_and_does_nothing(
    api: Api, agent: Visitor, student: Visitor, hidden: int, wanted: dict[str, Any]
) -> None:
    """Of tickets in every status, of which some are as wanted already."""
    ids = [student.report(f"Preview {number}")["id"] for number in range(4)]
    agent.move(ids[1], "active")
    agent.move(ids[2], "active", "closed")
    agent.edit(ids[3], priority="urgent", tags=["one"])
    body = {"ids": [hidden, *ids], "change": wanted}
    tables = "SELECT ticket.*, (SELECT count(*) FROM ticket_event WHERE ticket_id = ticket.id) FROM ticket ORDER BY id"
    before = api.sql(tables)
    preview = done(agent.post("/tickets/bulk/preview", json=body))
    assert api.sql(tables) == before
    answer = done(agent.post("/tickets/bulk", json=body))
    assert [answer[name] for name in ("done", "unchanged", "refused")] == [
        preview[name] for name in ("done", "unchanged", "refused")
    ]


# All that a change leaves of a ticket, apart from its numbers, its words and the exact moments.
LEFT = """
SELECT to_jsonb(ticket) - '{id,title,description,search,opened_at,modified_at,closed_at}'::text[],
       closed_at IS NOT NULL, modified_at = (SELECT max(occurred_at) FROM ticket_event WHERE ticket_id = ticket.id),
       (SELECT jsonb_agg(to_jsonb(line) - '{id,ticket_id,occurred_at}'::text[] ORDER BY line.id)
        FROM ticket_event AS line WHERE ticket_id = ticket.id),
       (SELECT array_agg(tag ORDER BY tag) FROM ticket_tag WHERE ticket_id = ticket.id),
       (SELECT jsonb_agg(to_jsonb(one) - '{id,ticket_id,text,text_key,embedding,revision,created_at}'::text[])
        FROM training_example AS one WHERE ticket_id = ticket.id),
       (SELECT count(*) FROM ticket_watcher WHERE ticket_id = ticket.id),
       (SELECT jsonb_agg(ARRAY[op, (SELECT string_agg(name, ' ' ORDER BY name) FROM jsonb_object_keys(after) AS name)]
                         ORDER BY id) FROM change WHERE table_name = 'ticket' AND row_id = ticket.id)
FROM ticket WHERE id = ANY (%s) ORDER BY id
"""
PREDICTED = """
INSERT INTO ticket_prediction
    (ticket_id, category_id, model_version, confidence, sureness, probabilities,
     like_tickets, like_examples, predicted_at)
SELECT id, category_id, 1, 0.5, CASE WHEN id = ANY (%s) THEN 'unsure' ELSE 'sure' END, '{}', 0, 0, now()
FROM ticket WHERE id = ANY (%s)
ON CONFLICT (ticket_id) DO UPDATE SET category_id = excluded.category_id, sureness = excluded.sureness
"""


def of_every_kind(api: Api, agent: Visitor, student: Visitor, name: str) -> list[int]:
    """Returns tickets in every status, with and without an assignee, tags and a requester's category from which there
    is something to learn, two of them with the same words; and one that is confidential."""
    words = [name, name, f"{name} again", f"{name} active", f"{name} closed"]
    ids = [student.report(text, category="services-complaints")["id"] for text in words]
    ids.append(student.report(f"{name} hidden", category="services-complaints", is_confidential=True)["id"])
    api.sql(PREDICTED, ids[:2], ids)
    agent.edit(ids[3], tags=["two", "three"], team="porters", assignee=agent.person_id)
    agent.move(ids[3], "active")
    agent.move(ids[4], "active", "closed")
    api.sql("UPDATE ticket SET assignee_id = %s WHERE id = %s", agent.person_id, ids[5])
    return ids


def singly(agent: Visitor, ticket_id: int, wanted: dict[str, Any]) -> str | None:
    """Makes the change by the routes for one ticket. Returns the error if it is refused."""
    present = agent.read(ticket_id)
    if "status" in wanted:
        answer = agent.post(f"/tickets/{ticket_id}/status", json=wanted)
    else:
        fields = {name: value for name, value in wanted.items() if not name.startswith("tags_")}
        if fields != wanted:
            tags = {*present["tags"], *wanted.get("tags_added", [])} - {*wanted.get("tags_removed", [])}
            fields |= {"tags": sorted(tags)} if tags != {*present["tags"]} else {}
        answer = agent.patch(f"/tickets/{ticket_id}", json={"version": present["version"], **fields})
    return None if answer.is_success else answer.json()["error"]


@pytest.mark.parametrize(
    "wanted",
    [
        {"status": "active"},
        {"status": "closed", "starts_work": True, "reason": "no-longer-needed"},
        {"stage": "pending", "priority": "urgent", "tags_added": ["one"], "tags_removed": ["two"]},
        {"category": "technical-it", "assignee": None, "team": None},
        {"category": "services-complaints"},
    ],
    ids=str,
)
def test_it_leaves_what_single_changes_leave(
    api: Api, agent: Visitor, student: Visitor, wanted: dict[str, Any]
) -> None:
    """Field by field: tickets, their histories, tags, followers and lines in the change feed, and what is learned."""
    api.sql("INSERT INTO team (slug, name) VALUES ('porters', 'Porters') ON CONFLICT DO NOTHING")
    together, alone = (of_every_kind(api, agent, student, f"{name} {wanted}") for name in ("Together", "Alone"))
    answer = change(agent, together, **wanted)
    refused = [singly(agent, number, wanted) for number in alone]
    assert [errors(answer).get(number) for number in together] == refused
    assert api.sql(LEFT, together) == api.sql(LEFT, alone)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"ids": []}, "body.ids"),
        ({"ids": [1, 1]}, "body.ids"),
        ({"ids": list(range(1, 1_002))}, "body.ids"),
        ({"ids": None}, "body.ids"),
        ({}, "body"),
        ({"ids": [1], "query": {}}, "body"),
        ({"query": {"limit": 5}}, "body.query.limit"),
        ({"query": {"smell": "bad"}}, "body.query.smell"),
        ({"ids": [1], "versions": [1, 2]}, "body"),
        ({"query": {}, "versions": [1]}, "body"),
        ({"ids": [1], "change": {}}, "body.change"),
        ({"ids": [1], "change": {"title": "x"}}, "body.change.title"),
        ({"ids": [1], "change": {"is_confidential": True}}, "body.change.is_confidential"),
        ({"ids": [1], "change": {"priority": None}}, "body.change.priority"),
        ({"ids": [1], "change": {"status": "closed", "stage": "completed"}}, "body.change"),
        ({"ids": [1], "change": {"reason": "solved"}}, "body.change"),
        ({"ids": [1], "change": {"status": "active", "starts_work": True}}, "body.change"),
        ({"ids": [1], "change": {"tags_added": ["a"], "tags_removed": ["A"]}}, "body.change"),
        ({"ids": [1], "change": {"category": "no-such"}}, "body.change.category"),
        ({"ids": [1], "change": {"team": "no-such"}}, "body.change.team"),
        ({"ids": [1], "change": {"stage": "no-such"}}, "body.change.stage"),
        ({"ids": [1], "change": {"assignee": 987_654_321}}, "body.change.assignee"),
    ],
    ids=str,
)
def test_bad_input_names_its_field(api: Api, agent: Visitor, body: dict[str, Any], field: str) -> None:
    before = api.sql("SELECT count(*) FROM bulk_change")
    answer = agent.post("/tickets/bulk", json={"change": {"priority": "high"}, **body})
    assert (answer.status_code, answer.json()["fields"][0]["name"]) == (422, field)
    assert api.sql("SELECT count(*) FROM bulk_change") == before


def test_only_staff_are_assigned(agent: Visitor, student: Visitor, ids: list[int]) -> None:
    for path in ("/tickets/bulk/preview", "/tickets/bulk"):
        answer = agent.post(path, json={"ids": ids, "change": {"assignee": student.person_id}})
        assert (answer.status_code, answer.json()["fields"][0]["name"]) == (422, "body.change.assignee")


def post(visitor: Visitor, key: str, ids: Sequence[int], wanted: dict[str, Any]) -> httpx.Response:
    return visitor.post("/tickets/bulk", json={"ids": ids, "change": wanted}, headers={"Idempotency-Key": key})


def test_sent_again_it_is_done_once(agent: Visitor, ids: list[int]) -> None:
    first, second = (post(agent, "bulk-once", ids, {"priority": "high"}) for _ in range(2))
    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert agent.read(ids[0])["version"] == 2
    other = post(agent, "bulk-once", ids, {"priority": "low"})
    assert (other.status_code, other.json()["error"]) == (422, "IdempotencyKeyReused")


def test_a_retry_goes_on_where_it_stopped_and_answers_about_all(api: Api, agent: Visitor, ids: list[int]) -> None:
    number = post(agent, "bulk-broken", ids, {"priority": "high"}).json()["id"]
    # As if the process had ended after the first of three tickets.
    api.sql("UPDATE bulk_change SET place = 1, done = 1, finished_at = NULL WHERE id = %s", number)
    api.sql("UPDATE ticket SET priority = 1 WHERE id = ANY (%s)", ids)
    answer = done(post(agent, "bulk-broken", ids, {"priority": "high"}))
    assert (answer["id"], answer["state"], answer["done"]) == (number, "finished", 3)
    assert [agent.read(one)["priority"] for one in ids] == ["normal", "high", "high"]


def test_it_is_read_by_its_owner_alone(api: Api, agent: Visitor, admin: Visitor, ids: list[int]) -> None:
    made = change(agent, ids, priority="high")
    assert done(agent.get(f"/tickets/bulk/{made['id']}")) == made
    listed = done(agent.get("/tickets/bulk", params={"limit": 1}))
    assert listed["items"] == [{name: value for name, value in made.items() if name != "refused"}]
    assert done(agent.get("/tickets/bulk", params={"cursor": listed["next_cursor"]}))["items"][0]["id"] < made["id"]
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/continue")):
        answer = admin.request(method, f"/tickets/bulk/{made['id']}{path}")
        assert (answer.status_code, answer.json()["error"]) == (404, "BulkNotFound")
    assert made["id"] not in [one["id"] for one in done(admin.get("/tickets/bulk"))["items"]]
    assert agent.delete(f"/tickets/bulk/{made['id']}").status_code == 204
    assert agent.get(f"/tickets/bulk/{made['id']}").status_code == 404


def test_what_nobody_works_on_is_stopped_and_can_be_continued(api: Api, agent: Visitor, ids: list[int]) -> None:
    number = change(agent, ids, priority="high")["id"]
    api.sql("UPDATE bulk_change SET place = 2, done = 2, finished_at = NULL WHERE id = %s", number)
    assert done(agent.get(f"/tickets/bulk/{number}"))["state"] == "running"
    api.sql("UPDATE bulk_change SET stepped_at = now() - interval '1 minute' WHERE id = %s", number)
    assert done(agent.get(f"/tickets/bulk/{number}"))["state"] == "stopped"
    answer = done(agent.post(f"/tickets/bulk/{number}/continue"))
    assert (answer["state"], answer["done"], answer["unchanged"]) == ("finished", 3, 1)


def test_one_is_no_more_than_a_few_requests(limited_api: Api) -> None:
    agent = limited_api.enter("agent", "Bulk Limits")
    number = limited_api.enter("student", "Bulk Limits").report()["id"]
    body = {"ids": [number], "change": {"priority": "high"}}
    statuses = [agent.post("/tickets/bulk", json=body).status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    assert agent.post("/tickets/bulk/preview", json=body).status_code == 200


def test_results_are_kept_for_a_week(api: Api, agent: Visitor, ids: list[int]) -> None:
    old, young = (change(agent, ids, priority=level)["id"] for level in ("high", "low"))
    api.sql("UPDATE bulk_change SET created_at = now() - interval '8 days' WHERE id = %s", old)
    engine = make_engine(api.database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        delete_old_rows(connection)
    engine.dispose()
    kept = api.sql("SELECT id FROM bulk_change WHERE id = ANY (%s)", [old, young])
    assert kept == [(young,)]


def test_a_search_for_tickets_counts_as_one(limited_api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rate_limits.PERSON_LIMITS, rate_limits.Limited.SEARCH, 1)
    agent = limited_api.enter("agent", "Bulk Searches")
    wanted: list[dict[str, Any]] = [{"q": "lamp"}, {"status": ["open"]}, {"q": "lamp"}]
    answers = [agent.post("/tickets/bulk/preview", json={"query": one}).status_code for one in wanted]
    assert answers == [200, 200, 429]
    body = {"query": {"q": "lamp"}, "change": {"priority": "high"}}
    assert agent.post("/tickets/bulk", json=body).status_code == 429
