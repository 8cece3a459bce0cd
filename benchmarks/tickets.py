"""The operations on single tickets, the overview and the unread counts."""

from collections.abc import Iterator
from itertools import count, cycle
from uuid import uuid4

from benchmarks.desk import Desk, as_json, ask
from benchmarks.http_load import Operation, Server
from contracts.tickets import Status

PREPARED = 160  # tickets for messages, and as many for changes of status, so that two clients rarely use the same
TEXT = "The projector in room 2.14 of the main library shows a blue picture since this morning, and we have a class."


def ticket_operations(desk: Desk) -> dict[str, Iterator[Operation]]:
    return {
        "ticket with its thread": _threads(desk),
        "create a ticket": _reports(desk),
        "write a message": _messages(desk.agent, _prepare(desk)),
        "change a status": _moves(desk.agent, _prepare(desk)),
        "overview": cycle([[desk.agent.request("GET", "/overview")]]),
        "unread, staff": cycle([[desk.agent.request("GET", "/me/unread")]]),
        "unread, student": cycle([[desk.student.request("GET", "/me/unread")]]),
    }


def _threads(desk: Desk) -> Iterator[Operation]:
    """Returns operations of the two requests that a ticket's page sends, one after the other."""
    agent = desk.agent
    return cycle(
        [
            agent.request("GET", f"/tickets/{ticket}"),
            agent.request("GET", f"/tickets/{ticket}/messages?sort=-created_at&limit=50"),
        ]
        for ticket in desk.facts.ids
    )


def _reports(desk: Desk) -> Iterator[Operation]:
    for number in count(1):
        yield [_post(desk.reporter, "/tickets", as_json(**_report(desk, number)))]


def _messages(agent: Server, tickets: list[int]) -> Iterator[Operation]:
    for number, ticket in enumerate(cycle(tickets)):
        yield [_post(agent, f"/tickets/{ticket}/messages", as_json(body=f"A technician comes at ten. ({number})"))]


def _moves(agent: Server, tickets: list[int]) -> Iterator[Operation]:
    """Yields requests that move all tickets to active, then all to closed, then back to active, and so on."""
    for status in cycle([Status.ACTIVE, Status.CLOSED]):
        for ticket in tickets:
            yield [_post(agent, f"/tickets/{ticket}/status", as_json(status=status))]


def _prepare(desk: Desk) -> list[int]:
    return [ask(desk.reporter, "POST", "/tickets", json=_report(desk, number))["id"] for number in range(PREPARED)]


def _report(desk: Desk, number: int) -> dict[str, str]:
    place = {"building": desk.facts.buildings[0], "room": "2.14"}
    return {"description": f"{TEXT} ({number})", "category": desk.facts.categories[0], **place}


def _post(server: Server, path: str, body: bytes) -> bytes:
    """Returns a POST request with its own idempotency key, as the pages send it."""
    return server.request("POST", path, body, f"Idempotency-Key: {uuid4().hex}")
