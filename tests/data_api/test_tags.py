"""All tags: which are offered to whom, and what becomes of tickets when one is renamed, merged or deleted."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from contracts.people import Permission
from data_api.background.cleanup import ADD_UP_TAGS
from data_api.kit.database import make_engine
from data_api.tags import change_service
from data_api.tags.change_service import TagChangeService
from tests.lodge.waiting import wait_until
from tests.support import rows
from tests.support.alone import running_api_alone
from tests.support.api import Api, Visitor, done, running_api
from tests.support.meanwhile import is_waited_for
from tests.support.passwords import make_token

COUNTED = """
SELECT tag, is_confidential, count(*) FROM ticket_tag JOIN ticket ON ticket.id = ticket_id GROUP BY 1, 2 ORDER BY 1, 2
"""
KEPT = """
SELECT tag, is_confidential, sum(tickets) FROM tag_use GROUP BY 1, 2 HAVING sum(tickets) <> 0 ORDER BY 1, 2
"""

IDLE = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND state = 'idle in transaction' AND backend_xid IS NOT NULL
"""


@pytest.fixture
def api(database_url: str) -> Iterator[Api]:
    """Over tags of the test's own."""
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


def tagged(agent: Visitor, student: Visitor, *tags: str, **fields: Any) -> int:
    number: int = student.report(**fields)["id"]
    agent.edit(number, tags=list(tags))
    return number


def offered(visitor: Visitor, **query: Any) -> list[tuple[str, int]]:
    return [(one["tag"], one["tickets"]) for one in visitor.walk("/tags", **query)]


def merge(admin: Visitor, tag: str, into: str) -> Any:
    return admin.post("/tags/merge", json={"tag": tag, "into": into})


def lines(visitor: Visitor, ticket_id: int) -> list[tuple[str | None, str | None, str]]:
    return [
        (line["from"], line["to"], line["actor"]["name"])
        for line in visitor.walk(f"/tickets/{ticket_id}/history")
        if line["kind"] == "tags"
    ]


def check_counts(api: Api) -> None:
    assert api.sql(KEPT) == api.sql(COUNTED)


def test_the_most_used_come_first_and_what_is_hidden_is_offered_to_nobody_else(
    api: Api, student: Visitor, agent: Visitor, admin: Visitor
) -> None:
    for tags in (["Water", "Wi-Fi"], ["water"], ["wasp", "50%"]):
        tagged(agent, student, *tags)
    secret = tagged(admin, student, "water", "harassment", is_confidential=True)
    assert offered(agent) == [("water", 2), ("50%", 1), ("wasp", 1), ("wi-fi", 1)]
    assert offered(agent, limit=1) == offered(agent), "page by page"
    assert offered(agent, prefix="WA") == [("water", 2), ("wasp", 1)]
    assert offered(agent, q="i") == [("wi-fi", 1)]
    assert offered(agent, prefix="%") == offered(agent, prefix="h") == []
    assert offered(admin) == [("water", 3), ("50%", 1), ("harassment", 1), ("wasp", 1), ("wi-fi", 1)]
    # Also who keeps the tags, but may not read confidential tickets.
    keeper = api.with_token(admin, make_token(admin, Permission.LISTS_MANAGE)["token"])
    assert offered(keeper) == offered(agent)
    assert merge(keeper, "harassment", "complaint").status_code == 404
    assert keeper.delete("/tags", params={"tag": "harassment"}).status_code == 404
    check_counts(api)

    admin.edit(secret, is_confidential=False)
    assert offered(agent, prefix="h") == [("harassment", 1)]
    admin.edit(secret, is_confidential=True, tags=["harassment", "wasp"])
    assert offered(agent, prefix="wa") == [("water", 2), ("wasp", 1)]
    check_counts(api)
    done(admin.delete(f"/tickets/{secret}"), 204)
    assert offered(admin) == offered(agent)
    check_counts(api)


def test_adding_up_changes_no_number(api: Api, student: Visitor, agent: Visitor, admin: Visitor) -> None:
    number = tagged(agent, student, "a", "b")
    tagged(agent, student, "a")
    agent.edit(number, tags=["a"])
    before = offered(admin)
    engine = make_engine(api.database_url)
    for _ in range(2):
        with engine.begin() as connection:
            connection.execute(ADD_UP_TAGS)
        assert offered(admin) == before == [("a", 2)]
    engine.dispose()
    assert api.sql("SELECT tag, tickets FROM tag_use") == [("a", 2)]


def test_a_tag_of_many_tickets_becomes_part_of_another(
    api: Api, student: Visitor, agent: Visitor, admin: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_service, "TICKETS_AT_ONCE", 200)  # the last step has fewer
    first = tagged(agent, student, "lift", "noise")
    both = tagged(agent, student, "elevator", "lift")
    secret = tagged(admin, student, "lift", is_confidential=True)
    many = rows.tickets(api, [{"requester_id": student.person_id} for _ in range(500)])
    api.sql(
        "INSERT INTO ticket_tag (ticket_id, tag, opened_at) "
        "SELECT id, 'lift', opened_at FROM ticket WHERE id = ANY (%s)",
        many,
    )
    view = done(agent.post("/views", json={"name": "Lifts", "query": {"tag": ["lift", "elevator"]}}), 201)
    version, modified_at = (agent.read(first)[name] for name in ("version", "modified_at"))
    latest = api.sql("SELECT max(id) FROM change")[0][0]

    change = done(merge(admin, "Lift", " ELEVATOR"))
    assert (change["tag"], change["into"], change["state"]) == ("lift", "elevator", "finished")
    assert change["total"] == change["done"] == 503
    assert admin.walk("/tags/changes") == [change]
    assert offered(admin) == [("elevator", 503), ("noise", 1)]
    assert agent.read(first)["tags"] == ["elevator", "noise"]
    assert (agent.read(first)["version"], agent.read(first)["modified_at"]) == (version + 1, modified_at)
    assert lines(agent, first)[-1] == ("lift, noise", "elevator, noise", "Lia List")
    assert lines(agent, both)[-1] == ("elevator, lift", "elevator", "Lia List")
    assert lines(admin, secret)[-1] == ("lift", "elevator", "Lia List")
    told = "SELECT count(*) FROM ticket_event WHERE kind = 'tags' AND from_value = 'lift' AND to_value = 'elevator'"
    assert api.sql(told) == [(501,)]
    # The replica follows this.
    changed = "SELECT count(DISTINCT row_id) FROM change WHERE id > %s AND table_name = 'ticket' AND op = 'update'"
    assert api.sql(changed, latest) == [(503,)]
    actors = "SELECT DISTINCT actor_id, request_id IS NULL FROM change WHERE id > %s AND table_name = 'ticket'"
    assert api.sql(actors, latest) == [(admin.person_id, False)]
    (kept,) = [one for one in agent.walk("/views") if one["id"] == view["id"]]
    assert (kept["query"]["tag"], kept["version"]) == (["elevator"], 2)
    check_counts(api)

    # Sent again, as after a lost answer: nothing is left to do.
    assert done(merge(admin, "lift", "elevator"))["done"] == 0
    assert api.sql(told) == [(501,)]
    assert merge(admin, "nothing", "nobody").status_code == 404


def test_one_that_was_broken_off_goes_on(
    api: Api, student: Visitor, agent: Visitor, admin: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [tagged(agent, student, "wlan") for _ in range(3)]
    monkeypatch.setattr(change_service, "TICKETS_AT_ONCE", 1)
    make_step, steps = TagChangeService.make_step, iter([True, False])

    def stopping(self: Any, *asked: Any) -> bool:
        if not next(steps, True):
            raise RuntimeError("the process ended here")
        return make_step(self, *asked)

    with monkeypatch.context() as patch:
        patch.setattr(TagChangeService, "make_step", stopping)
        stopped = done(merge(admin, "wlan", "wi-fi"), 202)
    assert (stopped["total"], stopped["done"]) == (3, 1)
    assert offered(agent) == [("wlan", 2), ("wi-fi", 1)]
    assert done(merge(admin, "wlan", "wi-fi"))["id"] == stopped["id"], "sent again, it goes on"
    assert offered(agent) == [("wi-fi", 3)]
    assert [lines(agent, number)[1:] for number in numbers] == [[("wlan", "wi-fi", "Lia List")]] * 3


@contextmanager
def held(api: Api, ticket_id: int) -> Iterator[psycopg.Connection]:
    """Somebody has this ticket locked meanwhile."""
    with psycopg.connect(api.database_url) as lock:
        lock.execute("SELECT FROM ticket WHERE id = %s FOR UPDATE", [ticket_id])
        yield lock
        lock.rollback()


def begin(api: Api, admin: Visitor, lock: psycopg.Connection) -> int:
    """Begins to merge wlan into wi-fi, and returns its id when all tickets are changed but the one that is locked."""
    wanted, key = {"tag": "wlan", "into": "wi-fi"}, {"Idempotency-Key": f"wlan-{lock.info.backend_pid}"}
    answer = admin.post("/tags/merge", json=wanted, params={"wait_seconds": 0}, headers=key)
    wait_until(lambda: is_waited_for(api, lock), "a step that waits")
    number: int = done(answer, 202)["id"]
    return number


def test_it_goes_on_beside_the_request_and_survives_the_end_of_the_process(
    api: Api, student: Visitor, agent: Visitor, admin: Visitor
) -> None:
    numbers = [tagged(agent, student, "wlan") for _ in range(3)]
    with held(api, numbers[1]) as lock, running_api_alone(api.database_url) as alone:
        there = alone.with_token(admin, admin.token)
        change_id = begin(api, there, lock)
        change = done(there.get(f"/tags/changes/{change_id}"))
        assert (change["state"], change["total"], change["done"]) == ("running", 3, 2)
        assert api.sql(IDLE) == [(1,)], "only who holds the ticket has a transaction open"
    # The process was killed before the ticket was free.
    api.sql("UPDATE tag_change SET stepped_at = now() - interval '1 minute'")
    assert done(admin.get(f"/tags/changes/{change_id}"))["state"] == "stopped"
    assert offered(agent) == [("wi-fi", 2), ("wlan", 1)]
    assert done(admin.post(f"/tags/changes/{change_id}/continue"))["state"] == "finished"
    assert [lines(agent, number)[1:] for number in numbers] == [[("wlan", "wi-fi", "Lia List")]] * 3
    assert {agent.read(number)["version"] for number in numbers} == {3}, "each was changed once"
    check_counts(api)


def test_no_other_change_of_a_tag_begins_meanwhile(
    api: Api, student: Visitor, agent: Visitor, admin: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two that are merged into each other would exchange their tickets for ever. Who may not read all tickets learns
    neither of the other tag nor how many tickets have it."""
    keeper = api.with_token(admin, make_token(admin, Permission.LISTS_MANAGE)["token"])
    number = tagged(agent, student, "wlan")
    tagged(admin, student, "wlan", is_confidential=True)
    for tag in ("harassment", "lift"):
        tagged(agent, student, tag)
    with held(api, number) as lock:
        change_id = begin(api, admin, lock)
        for tag, into in (("wi-fi", "wlan"), ("wi-fi", "lift"), ("lift", "wlan"), ("wlan", "lift")):
            assert merge(admin, tag, into).json()["error"] == "TagChanging"
        assert admin.delete("/tags", params={"tag": "wlan"}).json()["error"] == "TagChanging"
        assert merge(keeper, "wlan", "wi-fi").json()["error"] == "TagChanging", "it is of more than this token reads"
        monkeypatch.setattr(change_service, "MOST_UNFINISHED", 1)
        assert merge(admin, "lift", "elevator").json()["error"] == "TooManyTagChanges"
        monkeypatch.undo()
        wanted, now = {"tag": "lift", "into": "elevator"}, {"wait_seconds": 0}
        assert done(admin.post("/tags/merge", json=wanted, params=now), 202)["state"] == "running", "it waits"
    wait_until(lambda: {one["state"] for one in admin.walk("/tags/changes")} == {"finished"}, "both ends")

    # The first are one's own, but were begun by somebody who read all tickets.
    for owner, counts_confidential in ((admin, True), (agent, True), (agent, False)):
        changed = "UPDATE tag_change SET owner_id = %s, counts_confidential = %s"
        api.sql(changed, owner.person_id, counts_confidential)
        assert keeper.walk("/tags/changes") == []
        assert keeper.get(f"/tags/changes/{change_id}").status_code == 404
    tagged(admin, student, "elevator", is_confidential=True)
    change = done(merge(keeper, "elevator", "lift"))
    assert (change["total"], change["done"]) == (1, 1), "of those that are not confidential"
    assert offered(admin) == [("lift", 2), ("wi-fi", 2), ("harassment", 1)]
    assert keeper.walk("/tags/changes") == [change]
    done(keeper.delete(f"/tags/changes/{change['id']}"), 204)
    assert keeper.walk("/tags/changes") == []


def test_a_deleted_tag_is_gone_from_every_ticket(api: Api, student: Visitor, agent: Visitor, admin: Visitor) -> None:
    only, one_of_two = tagged(agent, student, "old"), tagged(agent, student, "old", "new")
    assert done(admin.delete("/tags", params={"tag": "OLD"}))["done"] == 2
    assert [agent.read(number)["tags"] for number in (only, one_of_two)] == [[], ["new"]]
    assert lines(agent, only)[-1] == ("old", None, "Lia List")
    assert offered(agent) == [("new", 1)]
    assert admin.delete("/tags", params={"tag": "old"}).status_code == 404
    assert merge(admin, "new", "New ").status_code == 422
    check_counts(api)
