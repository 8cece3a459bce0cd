"""What others do between two questions of one request."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import psycopg
import pytest

from tests.lodge.waiting import wait_until
from tests.support.api import Api, Visitor, done

WAITING = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
Request = Callable[[], httpx.Response]


@contextmanager
def held_up(api: Api, request: Request, lock: psycopg.Connection) -> Iterator[list[httpx.Response]]:
    """The request waits for the lock that is held; what the block does with that connection is committed, and then
    the request goes on. Its answer is in the list afterwards."""
    answers: list[httpx.Response] = []
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(request)
        wait_until(lambda: bool(api.sql(WAITING)), "a request that waits")
        yield answers
        lock.commit()
        answers.append(answer.result())


@pytest.mark.parametrize("role", ["student", "agent"])
@pytest.mark.parametrize(("method", "path", "body"), [("PUT", "follow", None), ("POST", "messages", {"body": "Hi"})])
def test_a_follower_of_what_becomes_confidential_is_out_at_once(
    api: Api, student: Visitor, role: str, method: str, path: str, body: dict[str, str] | None
) -> None:
    follower = api.enter(role, f"Follower who is {role}")
    at = f"/tickets/{student.report()['id']}"
    follower.put(f"{at}/follow")
    ticket_id = int(at.rpartition("/")[2])
    with psycopg.connect(api.database_url) as closing:
        closing.execute("SELECT FROM ticket WHERE id = %s FOR UPDATE", [ticket_id])
        with held_up(api, lambda: follower.request(method, f"{at}/{path}", json=body), closing) as answers:
            closing.execute("DELETE FROM ticket_watcher WHERE ticket_id = %s", [ticket_id])
            closing.execute("UPDATE ticket SET is_confidential = true WHERE id = %s", [ticket_id])
    assert answers[0].status_code == 404
    assert follower.get(at).status_code == 404


@pytest.mark.parametrize(
    ("sort", "change"),
    [
        ("modified_at", "UPDATE ticket SET modified_at = now() WHERE id = %s"),
        ("-priority", "UPDATE ticket SET priority = 0 WHERE id = %s"),
    ],
)
def test_a_page_whose_last_ticket_changes_meanwhile_is_followed_by_the_next(
    api: Api, agent: Visitor, student: Visitor, sort: str, change: str
) -> None:
    """Its names and tags are read after its place in the list was."""
    numbers = {student.report(f"Walked by {sort}", priority="high")["id"] for _ in range(6)}
    query: dict[str, str | int] = {"sort": sort, "limit": 2, "q": f"walked {sort.strip('-')}"}
    last = done(agent.get("/tickets", params=query))["items"][-1]["id"]
    with psycopg.connect(api.database_url) as holder:
        holder.execute("LOCK TABLE ticket_tag IN ACCESS EXCLUSIVE MODE")
        with held_up(api, lambda: agent.get("/tickets", params=query), holder) as answers:
            holder.execute(change.encode(), [last])
    page = done(answers[0])
    found = page["items"] + agent.walk("/tickets", **query, cursor=page["next_cursor"])
    assert {ticket["id"] for ticket in found} == numbers


def test_what_was_not_committed_when_somebody_looked_stays_unread(api: Api, agent: Visitor) -> None:
    reader = api.enter("student", "Reader of what is written meanwhile")
    ticket_id = reader.report()["id"]
    agent.say(ticket_id)
    with psycopg.connect(api.database_url) as writer:
        writer.execute(
            "UPDATE ticket SET last_message_at = clock_timestamp(), last_message_author_id = %s WHERE id = %s",
            [agent.person_id, ticket_id],
        )
        assert reader.put(f"/tickets/{ticket_id}/read").status_code == 204
    assert done(reader.get("/me/unread")) == {"tickets": 1}
