"""Changes of many tickets beside each other and beside changes of single tickets, and what is left of one whose process
is killed: nothing is lost, nothing is done twice, and nobody waits for somebody who waits for them."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from data_api.bulk import runs
from data_api.kit.database import MOST_REQUESTS_AT_ONCE, TimeLimits
from data_api.main import create_app
from tests.lodge.waiting import wait_until
from tests.support.alone import running_api_alone
from tests.support.api import Api, Visitor, done
from tests.support.meanwhile import is_waited_for
from tests.support.serving import served, settings_of

WAITING = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'DELETE FROM bulk_change%%'"
LOCK = "SELECT 1 FROM ticket WHERE id = %s FOR UPDATE"


def begin(visitor: Visitor, ids: list[int], wait_seconds: float = 0, **wanted: Any) -> dict[str, Any]:
    answer = visitor.post("/tickets/bulk", params={"wait_seconds": wait_seconds}, json={"ids": ids, "change": wanted})
    assert answer.status_code in (200, 202), answer.text
    found: dict[str, Any] = answer.json()
    return found


def read(visitor: Visitor, number: int) -> dict[str, Any]:
    return done(visitor.get(f"/tickets/bulk/{number}"))


@contextmanager
def held(api: Api, ticket_id: int) -> Iterator[psycopg.Connection]:
    """Somebody has this ticket locked meanwhile."""
    with psycopg.connect(api.database_url) as lock:
        lock.execute(LOCK, [ticket_id])
        yield lock
        lock.rollback()


def wait_for_step(api: Api, lock: psycopg.Connection) -> None:
    """Until the step waits that needs the ticket which is held. Those before it are done."""
    wait_until(lambda: is_waited_for(api, lock), "a step that waits")


@pytest.fixture
def ids(student: Visitor) -> list[int]:
    return [student.report(f"Together {number}")["id"] for number in range(40)]


def test_nothing_is_lost_and_nobody_waits_for_ever(
    api: Api, agent: Visitor, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two changes of the same tickets, in both orders, while single ones are edited. Each that is answered as done has
    its line in the history, and raised the version by one."""
    monkeypatch.setattr(runs, "TICKETS_AT_ONCE", 10)
    others = [api.enter("agent", f"Together {number}") for number in range(3)]

    def edit(number: int) -> int:
        """How many of these edits were made."""
        order = random.Random(number).sample(ids, 20)
        answers = []
        for ticket_id in order:
            version = others[2].read(ticket_id)["version"]
            room = {"version": version, "room": f"{number}.{version}", "category": "technical-it"}
            answers.append(others[2].patch(f"/tickets/{ticket_id}", json=room))
        assert {answer.status_code for answer in answers} <= {200, 409}, [answer.text for answer in answers]
        return sum(answer.status_code == 200 for answer in answers)

    with ThreadPoolExecutor(4) as pool:
        many = [
            pool.submit(begin, others[0], ids, 60, category="facility-management", tags_added=["one"]),
            pool.submit(begin, others[1], ids[::-1], 60, category="services-complaints", tags_added=["two"]),
        ]
        single = sum(pool.map(edit, range(2)))
        answers = [one.result() for one in many]

    assert [(one["state"], one["done"], one["refused"]) for one in answers] == [("finished", 40, [])] * 2
    tickets = [agent.read(number) for number in ids]
    assert all(ticket["tags"] == ["one", "two"] for ticket in tickets)
    assert sum(ticket["version"] - 1 for ticket in tickets) == 2 * len(ids) + single
    said = api.sql(
        "SELECT kind, count(*) FROM ticket_event WHERE ticket_id = ANY (%s) AND kind IN ('tags', 'room') GROUP BY kind",
        ids,
    )
    assert dict(said) == {"tags": 2 * len(ids), "room": single}
    deadlocks = api.sql("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    assert deadlocks == [(0,)]


def test_a_ticket_that_somebody_holds_stops_no_other(
    api: Api, agent: Visitor, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused by itself, after a while."""
    monkeypatch.setattr(runs, "PAUSE_SECONDS", 0.0)
    with api_with_short_locks(api) as impatient, held(api, ids[20]):
        answer = begin(impatient.with_token(agent, agent.token), ids, 60, priority="high")
    assert (answer["done"], [(one["id"], one["error"]) for one in answer["refused"]]) == (
        39,
        [(ids[20], "ChangedMeanwhile")],
    )
    assert agent.read(ids[20])["priority"] == "normal"


@contextmanager
def api_with_short_locks(api: Api) -> Iterator[Api]:
    settings = settings_of(LODGE_DATABASE_URL=api.database_url, LODGE_RATE_LIMITS="off")
    with served(create_app(settings, TimeLimits(lock_milliseconds=100))) as url, Api(url, api.database_url) as running:
        yield running


def test_it_goes_on_by_itself_and_ends_when_the_person_signs_out(
    api: Api, agent: Visitor, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "TICKETS_AT_ONCE", 10)
    monkeypatch.setattr(runs, "REST", 0)
    person, other_tab = api.enter("agent", "Signs Out"), api.enter("agent", "Signs Out")
    with held(api, ids[15]) as lock:
        number = begin(person, ids, priority="high")["id"]
        wait_for_step(api, lock)
        now = read(other_tab, number)
        assert (now["state"], now["done"]) == ("running", 10)
        person.delete("/sessions/current")
    wait_until(lambda: read(other_tab, number)["done"] == 20, "the step that was being made")
    # Changes take turns, so the first one has had its turn when two more are done.
    for _ in range(2):
        assert begin(agent, ids[:1], 60, tags_added=["turn"])["done"] == 1
    assert read(other_tab, number)["done"] == 20
    finished = begin_again(other_tab, number)
    assert (finished["state"], finished["done"]) == ("finished", 40)
    assert {other_tab.read(one)["version"] for one in ids[1:]} == {2}, "each was changed once"


def begin_again(visitor: Visitor, number: int) -> dict[str, Any]:
    answer = visitor.post(f"/tickets/bulk/{number}/continue", params={"wait_seconds": 60})
    return done(answer, answer.status_code if answer.status_code == 202 else 200)


def test_those_who_wait_for_the_end_leave_room_for_others(api: Api, agent: Visitor, ids: list[int]) -> None:
    """As many as there are places wait for one change that is held up. Most are answered at once how far it is."""
    with ThreadPoolExecutor(MOST_REQUESTS_AT_ONCE) as pool, held(api, ids[0]) as lock:
        number = begin(agent, ids, priority="high")["id"]
        wait_for_step(api, lock)
        waiting = [pool.submit(begin_again, agent, number) for _ in range(MOST_REQUESTS_AT_ONCE)]
        wait_until(lambda: sum(one.done() for one in waiting) >= MOST_REQUESTS_AT_ONCE * 3 // 4, "most are answered")
        assert {one.result()["state"] for one in waiting if one.done()} == {"running"}
    assert [one.result()["state"] for one in waiting].count("finished") == MOST_REQUESTS_AT_ONCE // 4


def test_one_that_is_deleted_ends(api: Api, agent: Visitor, ids: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "TICKETS_AT_ONCE", 10)
    with ThreadPoolExecutor(1) as pool, held(api, ids[15]) as lock:
        number = begin(agent, ids, priority="high")["id"]
        wait_for_step(api, lock)
        deleted = pool.submit(agent.delete, f"/tickets/bulk/{number}")
        wait_until(lambda: bool(api.sql(WAITING)), "the deletion waits for the step that is being made")
    assert deleted.result().status_code == 204
    assert agent.get(f"/tickets/bulk/{number}").status_code == 404
    begin(agent, ids[:1], 60, tags_added=["turn"])
    assert [agent.read(one)["priority"] for one in ids] == ["high"] * 20 + ["normal"] * 20


def test_a_killed_process_leaves_what_can_be_continued(api: Api, ids: list[int]) -> None:
    with running_api_alone(api.database_url) as alone:
        person = alone.enter("agent", "Killed Amidst")
        with held(api, ids[30]) as lock:
            number = begin(person, ids, priority="high", category="technical-it")["id"]
            wait_for_step(api, lock)
            assert read(person, number)["done"] == runs.TICKETS_AT_ONCE
            token = person.token
    # The process is gone; this one never knew of the change.
    there = api.with_token(person, token)
    changed = [there.read(one)["priority"] == "high" for one in ids]
    assert sum(changed) == read(there, number)["done"]
    api.sql("UPDATE bulk_change SET stepped_at = now() - interval '1 minute' WHERE id = %s", number)
    assert read(there, number)["state"] == "stopped"
    answer = begin_again(there, number)
    assert (answer["state"], answer["done"], answer["unchanged"], answer["refused"]) == ("finished", 40, 0, [])
    assert {there.read(one)["version"] for one in ids} == {2}, "each was changed once"


def test_what_waits_for_its_turn_is_not_stopped(
    api: Api, agent: Visitor, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "NOTED_EVERY_SECONDS", 0.05)
    with held(api, ids[0]) as lock:
        begin(agent, ids[:1], priority="high")
        wait_for_step(api, lock)
        waits = begin(agent, ids[1:], priority="high")["id"]
        api.sql("UPDATE bulk_change SET stepped_at = now() - interval '1 minute' WHERE id = %s", waits)
        wait_until(lambda: read(agent, waits)["state"] == "running", "a note that it is worked on")
        assert read(agent, waits)["done"] == 0
    assert begin_again(agent, waits)["done"] == 39


def test_it_goes_on_for_whoever_continues_it_before_it_has_stopped(
    api: Api, agent: Visitor, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person signs out and in again while a step is made: the run that still has the ended token goes on."""
    monkeypatch.setattr(runs, "TICKETS_AT_ONCE", 10)
    person, again = api.enter("agent", "Signs In Again"), api.enter("agent", "Signs In Again")
    with held(api, ids[15]) as lock:
        number = begin(person, ids, priority="high")["id"]
        wait_for_step(api, lock)
        person.delete("/sessions/current")
        answer = again.post(f"/tickets/bulk/{number}/continue", params={"wait_seconds": 0})
        assert answer.status_code == 202
    wait_until(lambda: read(again, number)["state"] == "finished", "the end")
    assert read(again, number)["done"] == 40
