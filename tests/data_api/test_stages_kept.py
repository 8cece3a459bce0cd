"""Stages as administrators keep them: adding, changing, arranging and deleting them, also at the same moment."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from data_api.lists import moving
from tests.lodge.waiting import wait_until
from tests.support.api import Api, Visitor, done, running_api
from tests.support.meanwhile import is_waited_for


@pytest.fixture
def api(database_url: str) -> Iterator[Api]:
    """Over a board of the test's own."""
    with running_api(database_url) as api:
        yield api


@pytest.fixture
def student(api: Api) -> Visitor:
    return api.enter("student", "Mia Rossi")


@pytest.fixture
def agent(api: Api) -> Visitor:
    return api.enter("agent", "Ada Okafor")


@pytest.fixture
def admin(api: Api) -> Visitor:
    return api.enter("admin", "Lia List")


def stages(visitor: Visitor) -> dict[str, dict[str, Any]]:
    return {stage["slug"]: stage for stage in done(visitor.get("/stages"))["items"]}


def arranged(visitor: Visitor, status: str = "active") -> list[str]:
    """The stages of a status in the board's order, whose positions must be 1, 2, 3, …"""
    found = [stage for stage in stages(visitor).values() if stage["status"] == status]
    assert [stage["position"] for stage in found] == list(range(1, len(found) + 1))
    return [stage["slug"] for stage in found]


def add(admin: Visitor, name: str, status: str = "active", **fields: Any) -> dict[str, Any]:
    return done(admin.post("/stages", json={"name": name, "status": status, **fields}), 201)


def change(admin: Visitor, slug: str, **fields: Any) -> dict[str, Any]:
    version = stages(admin)[slug]["version"]
    return done(admin.patch(f"/stages/{slug}", json={"version": version, **fields}))


def stage_lines(visitor: Visitor, ticket_id: int) -> list[tuple[str, str, str]]:
    return [
        (line["from"], line["to"], line["actor"]["name"])
        for line in visitor.walk(f"/tickets/{ticket_id}/history")
        if line["kind"] == "stage"
    ]


def test_a_stage_is_added_renamed_and_given_a_limit(admin: Visitor) -> None:
    added = add(admin, "Waiting for *parts*", limit=12, waits_for_requester=True)
    assert added == {
        "slug": "waiting-for-parts",
        "name": "Waiting for *parts*",
        "status": "active",
        "position": 4,
        "limit": 12,
        "waits_for_requester": True,
        "work_resumes_here": False,
        "version": 1,
    }
    changed = change(admin, "waiting-for-parts", name="Parts", limit=None, waits_for_requester=False)
    assert changed == added | {"name": "Parts", "limit": None, "waits_for_requester": False, "version": 2}
    assert change(admin, "waiting-for-parts", work_resumes_here=True)["name"] == "Parts", "what is left out stays"


def test_any_name_makes_a_stage(admin: Visitor) -> None:
    slugs = [add(admin, name, status)["slug"] for name, status in
             (("完了", "closed"), ("Ждём", "active"), ("Waiting", "open"), ("Waiting", "active"))]  # fmt: skip
    assert slugs == ["stage", "stage-2", "waiting", "waiting-2"]
    assert add(admin, "z" * 100)["slug"] == "z" * 60
    assert add(admin, "z" * 100)["slug"] == f"{'z' * 57}-2"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "", "status": "open"}, "name"),
        ({"name": "On hold"}, "status"),
        ({"name": "On hold", "status": "waiting"}, "status"),
        ({"name": "On hold", "status": "open", "limit": 0}, "limit"),
        ({"name": "On hold", "status": "open", "position": 0}, "position"),
        ({"name": "On hold", "status": "open", "slug": "On hold"}, "slug"),
        ({"name": "On hold", "status": "open", "wip_limit": 3}, "wip_limit"),
    ],
    ids=str,
)
def test_a_wrong_field_is_named_and_nothing_is_added(admin: Visitor, body: dict[str, Any], field: str) -> None:
    answer = admin.post("/stages", json=body)
    assert (answer.status_code, [one["name"] for one in answer.json()["fields"]]) == (422, [f"body.{field}"])
    assert len(stages(admin)) == 5


def test_a_stage_keeps_its_status_and_a_stale_change_is_refused(admin: Visitor) -> None:
    answer = admin.patch("/stages/pending", json={"version": 1, "status": "open"})
    assert (answer.status_code, answer.json()["fields"][0]["name"]) == (422, "body.status")
    renamed = change(admin, "pending", name="On hold")
    stale = admin.patch("/stages/pending", json={"version": 1, "name": "Parked"})
    assert (stale.status_code, stale.json()["current"]) == (409, renamed)
    assert admin.post("/stages", json={"name": "Other", "status": "open", "slug": "pending"}).status_code == 409
    assert admin.patch("/stages/nothing", json={"version": 1}).status_code == 404


def test_stages_are_arranged_within_their_status(admin: Visitor) -> None:
    assert change(admin, "blocked", position=1)["position"] == 1
    assert arranged(admin) == ["blocked", "in-progress", "pending"]
    change(admin, "blocked", position=40)
    assert arranged(admin) == ["in-progress", "pending", "blocked"], "further than the last is the last"
    add(admin, "Second", position=2)
    assert arranged(admin) == ["in-progress", "second", "pending", "blocked"]
    add(admin, "New", "open", position=1)
    assert list(stages(admin)) == ["new", "to-do", *arranged(admin), "completed"]


def test_a_ticket_enters_the_stage_that_is_first_now(admin: Visitor, student: Visitor, agent: Visitor) -> None:
    add(admin, "Inbox", "open", position=1)
    change(admin, "blocked", position=1)
    ticket = student.report()
    assert ticket["stage"] == "inbox"
    assert agent.move(ticket["id"], "active")["stage"] == "blocked"


def test_a_limit_keeps_no_ticket_out(admin: Visitor, student: Visitor, agent: Visitor) -> None:
    change(admin, "pending", limit=1)
    for _ in range(2):
        ticket_id = agent.move(student.report()["id"], "active")["id"]
        assert agent.edit(ticket_id, stage="pending")["stage"] == "pending"


def test_the_board_has_so_many_stages_and_no_more(admin: Visitor) -> None:
    for number in range(35):
        add(admin, f"Number {number}")
    refused = admin.post("/stages", json={"name": "One more", "status": "open"})
    assert (refused.status_code, refused.json()["error"]) == (409, "TooManyStages")


def test_the_same_key_adds_one_stage(admin: Visitor) -> None:
    wish, key = {"name": "Once", "status": "open"}, {"Idempotency-Key": "once"}
    first, again = (done(admin.post("/stages", json=wish, headers=key), 201) for _ in range(2))
    assert first == again
    assert arranged(admin, "open") == ["to-do", "once"]


def test_a_changed_stage_is_in_the_change_feed(api: Api, admin: Visitor) -> None:
    change(admin, "blocked", limit=3)
    lines = api.sql("SELECT before, after FROM change WHERE table_name = 'stage' ORDER BY id DESC LIMIT 1")
    assert lines == [({"wip_limit": None, "version": None}, {"wip_limit": 3, "version": None})]


# -- deleting ---------------------------------------------------------------------------------------------------------


def test_a_stage_in_use_goes_only_with_where_its_tickets_go(
    admin: Visitor, student: Visitor, agent: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "AT_ONCE", 2)
    ids = [agent.move(student.report()["id"], "active")["id"] for _ in range(5)]
    before = [agent.edit(ticket_id, stage="pending") for ticket_id in ids]
    refused = admin.delete("/stages/pending")
    assert (refused.status_code, refused.json()["error"]) == (409, "StillInUse")
    assert "Tickets are in Pending" in refused.json()["detail"]
    assert admin.delete("/stages/pending", params={"tickets_to": "blocked"}).status_code == 204
    for ticket in before:
        now = agent.read(ticket["id"])
        assert now == ticket | {"stage": "blocked", "version": ticket["version"] + 1}, "nothing else has changed"
        assert stage_lines(agent, ticket["id"])[-1] == ("pending", "blocked", "Lia List")
    assert arranged(admin) == ["in-progress", "blocked"]


@pytest.mark.parametrize("tickets_to", ["to-do", "completed", "pending", "nothing"])
def test_tickets_go_only_to_another_stage_of_the_same_status(admin: Visitor, tickets_to: str) -> None:
    refused = admin.delete("/stages/pending", params={"tickets_to": tickets_to})
    assert (refused.status_code, refused.json()["fields"][0]["name"]) == (422, "query.tickets_to")
    assert "pending" in stages(admin)


@pytest.mark.parametrize("query", [{}, {"tickets_to": "in-progress"}], ids=str)
def test_the_last_stage_of_a_status_stays(admin: Visitor, query: dict[str, str]) -> None:
    for slug in ("to-do", "completed"):
        refused = admin.delete(f"/stages/{slug}", params=query)
        assert (refused.status_code, refused.json()["error"]) == (409, "StillInUse")
        assert "is the only stage of" in refused.json()["detail"]
    assert admin.delete("/stages/nothing", params=query).status_code == 404


def test_a_stage_without_tickets_goes_and_its_slug_is_free(admin: Visitor) -> None:
    assert admin.delete("/stages/pending").status_code == 204
    assert add(admin, "Pending", "closed")["slug"] == "pending"


# -- at the same moment -----------------------------------------------------------------------------------------------


def test_two_who_arrange_at_once_both_succeed(admin: Visitor) -> None:
    def arrange(slug: str) -> None:
        for position in (1, 2, 3, 1):
            change(admin, slug, position=position)

    with ThreadPoolExecutor() as pool:
        for _ in pool.map(arrange, ["in-progress", "pending", "blocked"]):
            pass
    assert sorted(arranged(admin)) == ["blocked", "in-progress", "pending"]


def test_two_who_delete_the_last_two_leave_one(admin: Visitor) -> None:
    add(admin, "Done", "closed")
    with ThreadPoolExecutor() as pool:
        answers = pool.map(lambda slug: admin.delete(f"/stages/{slug}").status_code, ["completed", "done"])
    assert sorted(answers) == [204, 409]
    assert len(arranged(admin, "closed")) == 1


def test_the_others_move_while_somebody_holds_a_ticket(api: Api, admin: Visitor, student: Visitor) -> None:
    """The deletion waits for one ticket; what else was in the stage has gone already, and is locked by nobody."""
    add(admin, "Later", "open")
    held, *others = [student.report()["id"] for _ in range(4)]
    with ThreadPoolExecutor() as pool, psycopg.connect(api.database_url) as holding:
        holding.execute("SELECT FROM ticket WHERE id = %s FOR UPDATE", [held])
        deletion = pool.submit(admin.delete, "/stages/to-do", params={"tickets_to": "later"})
        wait_until(lambda: is_waited_for(api, holding), "the deletion waits")
        assert [admin.edit(ticket_id, room="1")["stage"] for ticket_id in others] == ["later"] * 3
        holding.rollback()
        assert deletion.result().status_code == 204
    assert admin.read(held)["stage"] == "later"


def test_two_stages_do_not_exchange_their_tickets_for_ever(
    api: Api, admin: Visitor, student: Visitor, agent: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is deleted in favour of the other. One goes; the other deletion is refused."""
    monkeypatch.setattr(moving, "AT_ONCE", 1)
    ids = [agent.move(student.report()["id"], "active")["id"] for _ in range(30)]
    for ticket_id in ids:
        agent.edit(ticket_id, stage="blocked" if ticket_id % 2 else "pending")
    before = {ticket_id: len(stage_lines(agent, ticket_id)) for ticket_id in ids}
    with ThreadPoolExecutor() as pool:
        pairs = [("blocked", "pending"), ("pending", "blocked")]
        deletions = [pool.submit(admin.delete, f"/stages/{slug}", params={"tickets_to": to}) for slug, to in pairs]
        answers = sorted(deletion.result().status_code for deletion in deletions)
    assert answers in ([204, 409], [204, 422])
    assert sum(len(stage_lines(agent, ticket_id)) - before[ticket_id] for ticket_id in ids) == 15


def test_tickets_move_while_their_stage_is_deleted(
    api: Api, admin: Visitor, student: Visitor, agent: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three agents move tickets in and out until the stage is gone: none is lost, and its history tells its way."""
    monkeypatch.setattr(moving, "AT_ONCE", 2)
    add(admin, "Lane")
    ids = [agent.move(student.report()["id"], "active")["id"] for _ in range(30)]
    for ticket_id in ids[::2]:
        agent.edit(ticket_id, stage="lane")
    answers: list[int] = []

    def move(mine: list[int]) -> None:
        for round_ in range(40):
            ticket = agent.read(mine[round_ % len(mine)])
            to = "blocked" if ticket["stage"] == "lane" else "lane"
            wish = {"version": ticket["version"], "stage": to}
            answers.append(agent.patch(f"/tickets/{ticket['id']}", json=wish).status_code)
            if "lane" not in stages(agent):
                return

    with ThreadPoolExecutor(4) as pool:
        movers = [pool.submit(move, ids[start::3]) for start in range(3)]
        gone = pool.submit(admin.delete, "/stages/lane", params={"tickets_to": "pending"}).result()
        for mover in movers:
            mover.result()
    assert gone.status_code == 204
    # 409: changed meanwhile, or the stage went while the ticket was about to enter it. 422: the stage is gone.
    assert set(answers) <= {200, 409, 422}
    for ticket_id in ids:
        lines = stage_lines(agent, ticket_id)
        assert lines[-1][1] == agent.read(ticket_id)["stage"] != "lane"
        assert [line[0] for line in lines[1:]] == [line[1] for line in lines[:-1]], "each line goes on from the last"
