"""Two people change linked tickets at once, each one of them: neither waits for the other for ever."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest

from data_api.models import Ticket
from data_api.tickets.repository import TicketRepository
from tests.data_api.links.linking import link, links_of, told
from tests.lodge.waiting import wait_until
from tests.support.api import Api, Visitor

WAIT = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


@pytest.fixture
def two(agent: Visitor, student: Visitor) -> list[int]:
    """Linked in both directions, so that each is found first by another end."""
    tickets = [student.report(f"Together {number}")["id"] for number in range(2)]
    link(agent, tickets[0], "blocks", tickets[1])
    link(agent, tickets[1], "duplicates", tickets[0])
    return tickets


@contextmanager
def links_held(api: Api, ids: list[int]) -> Iterator[None]:
    """Somebody has these links locked, until both requests wait."""
    with psycopg.connect(api.database_url) as holding:
        holding.execute("SELECT FROM ticket_link WHERE ticket_id = ANY (%s) FOR UPDATE", [ids])
        yield
        wait_until(lambda: api.sql(WAIT) == [(2,)], "two requests that wait")


def test_two_linked_tickets_become_confidential_at_once(
    api: Api, admin: Visitor, agent: Visitor, student: Visitor
) -> None:
    """Each has a third link, which is found before the one that both change, and is held until both have come to it."""
    first = [student.report(f"Blocker {number}")["id"] for number in range(2)]
    two = [student.report(f"Blocked {number}")["id"] for number in range(2)]
    for blocker, blocked in zip(first, two, strict=True):
        link(agent, blocker, "blocks", blocked)
    link(agent, two[0], "blocks", two[1])
    link(agent, two[1], "duplicates", two[0])
    with ThreadPoolExecutor(2) as pool:
        with links_held(api, first):
            edits = [pool.submit(admin.edit, number, is_confidential=True) for number in two]
        assert [edit.result()["is_confidential"] for edit in edits] == [True, True]
    copies = "SELECT bool_and(other_is_confidential), count(*) FILTER (WHERE ticket_is_confidential) FROM ticket_link"
    assert api.sql(f"{copies} WHERE other_id = ANY (%s)", two) == [(True, 2)]


def test_two_linked_tickets_are_deleted_at_once(
    api: Api, admin: Visitor, agent: Visitor, two: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each request has told the other ticket, if it came so far, before one of them goes on to delete its own."""
    delete, arrived = TicketRepository.delete, list[int]()

    def after_the_other(repository: TicketRepository, ticket: Ticket) -> None:
        arrived.append(ticket.id)
        wait_until(lambda: len(arrived) == 2 or api.sql(WAIT) == [(1,)], "the other request")
        delete(repository, ticket)

    monkeypatch.setattr(TicketRepository, "delete", after_the_other)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda number: admin.delete(f"/tickets/{number}").status_code, two))
    assert answers == [204, 204]


def test_a_link_that_is_added_meanwhile_is_not_left_behind(
    api: Api, admin: Visitor, agent: Visitor, student: Visitor, two: list[int]
) -> None:
    """Who deletes a ticket waits for somebody who links it with one more, which they then have not locked."""
    third = student.report("Third")["id"]
    with psycopg.connect(api.database_url) as adding, ThreadPoolExecutor(1) as pool:
        adding.execute("SELECT FROM ticket WHERE id = ANY (%s) ORDER BY id FOR NO KEY UPDATE", [[two[0], third]])
        adding.execute(
            "INSERT INTO ticket_link (ticket_id, other_id, kind, ticket_is_confidential, other_is_confidential) "
            "VALUES (%s, %s, 'blocks', false, false)",
            [two[0], third],
        )
        deleted = pool.submit(admin.delete, f"/tickets/{two[0]}")
        wait_until(lambda: api.sql(WAIT) == [(1,)], "a request that waits")
        adding.commit()
        assert (deleted.result().status_code, deleted.result().json()["error"]) == (409, "ChangedMeanwhile")
    assert links_of(agent, third) == {("blocked-by", two[0])}
    assert admin.delete(f"/tickets/{two[0]}").status_code == 204
    assert told(agent, third)[-1] == ("link", "blocked-by", None, None)
