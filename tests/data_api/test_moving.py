"""A category that is merged or deleted: its tickets move in steps, while everybody works on."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from data_api.lists import moving
from tests.lodge.waiting import wait_until
from tests.support.api import Api, Visitor, done
from tests.support.meanwhile import is_waited_for

PREDICTED = "SELECT count(*) FROM ticket_prediction WHERE category_id = (SELECT id FROM category WHERE slug = %s)"
PREDICT = """
UPDATE ticket_prediction SET category_id = (SELECT id FROM category WHERE slug = %s) WHERE ticket_id = ANY (%s)
"""
WHO = "SELECT DISTINCT actor_id FROM change WHERE table_name = 'ticket' AND row_id = ANY (%s) AND id > %s"


@pytest.mark.parametrize("way", ["merge", "delete"])
def test_the_others_move_while_somebody_holds_a_ticket(
    api: Api, admin: Visitor, agent: Visitor, student: Visitor, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """The request waits for one ticket; the others have moved already, and are locked by nobody."""
    monkeypatch.setattr(moving, "AT_ONCE", 1)
    slug = f"going-{way}"
    done(admin.post("/categories", json={"name": f"Going {way}", "slug": slug}), 201)
    ids = [student.report()["id"] for _ in range(4)]
    for ticket_id in ids:
        agent.edit(ticket_id, category=slug)
    api.sql(PREDICT, slug, ids)
    predicted, [(seen,)] = api.sql(PREDICTED, "technical-it")[0][0], api.sql("SELECT max(id) FROM change")
    held, *others = ids
    key = {"Idempotency-Key": slug}
    with ThreadPoolExecutor() as pool, psycopg.connect(api.database_url) as holding:
        holding.execute("SELECT FROM ticket WHERE id = %s FOR UPDATE", [held])
        if way == "merge":
            body = {"into": "technical-it"}
            going = pool.submit(admin.post, f"/categories/{slug}/merge", json=body, headers=key)
        else:
            going = pool.submit(admin.delete, f"/categories/{slug}", params={"tickets_to": "technical-it"})
        wait_until(lambda: is_waited_for(api, holding), "the request waits")
        assert [admin.edit(ticket_id, room="1")["category"] for ticket_id in others] == ["technical-it"] * 3
        holding.rollback()
        assert going.result().status_code == (200 if way == "merge" else 204), going.result().text
    assert admin.read(held)["category"] == "technical-it"
    for ticket_id in ids:
        lines = [one for one in admin.walk(f"/tickets/{ticket_id}/history") if one["kind"] == "category"]
        assert [(one["from"], one["to"]) for one in lines][-1] == (slug, "technical-it")
    assert api.sql(WHO, ids, seen) == [(admin.person_id,)], "the change feed knows who moved them"
    if way == "merge":
        assert api.sql(PREDICTED, "technical-it") == [(predicted + len(ids),)]
        again = admin.post(f"/categories/{slug}/merge", json={"into": "technical-it"}, headers=key)
        assert (again.status_code, again.headers.get("Idempotent-Replayed")) == (200, "true")
    else:
        assert admin.delete(f"/categories/{slug}", params={"tickets_to": "technical-it"}).status_code == 404


def test_what_was_broken_off_goes_on_when_it_is_sent_again(
    api: Api, admin: Visitor, agent: Visitor, student: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that fails leaves what the ones before it moved, and the category."""
    monkeypatch.setattr(moving, "AT_ONCE", 1)
    done(admin.post("/categories", json={"name": "Broken off"}), 201)
    ids = [agent.edit(student.report()["id"], category="broken-off")["id"] for _ in range(3)]
    locked = "SELECT FROM ticket WHERE id = %s FOR UPDATE"
    with ThreadPoolExecutor() as pool, psycopg.connect(api.database_url) as holding:
        holding.execute(locked, [ids[-1]])
        going = pool.submit(admin.post, "/categories/broken-off/merge", json={"into": "technical-it"})
        wait_until(lambda: is_waited_for(api, holding), "the last transaction waits")
        [(waiting,)] = api.sql(
            "SELECT pid FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid))", holding.info.backend_pid
        )
        api.sql("SELECT pg_terminate_backend(%s)", waiting)
        assert going.result().status_code >= 500
        holding.rollback()
    assert [admin.read(one)["category"] for one in ids] == ["technical-it", "technical-it", "broken-off"]
    done(admin.post("/categories/broken-off/merge", json={"into": "technical-it"}))
    assert [admin.read(one)["category"] for one in ids] == ["technical-it"] * 3


def test_nothing_moves_for_a_key_of_another_request(admin: Visitor, agent: Visitor, student: Visitor) -> None:
    key = {"Idempotency-Key": "of-another-request"}
    done(admin.post("/categories", json={"name": "Staying"}, headers=key), 201)
    ticket = agent.edit(student.report()["id"], category="staying")["id"]
    answer = admin.post("/categories/staying/merge", json={"into": "technical-it"}, headers=key)
    assert (answer.status_code, admin.read(ticket)["category"]) == (422, "staying")
