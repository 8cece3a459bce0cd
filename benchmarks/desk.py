"""One desk under measurement: its data API, what it holds, and three people who have entered."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx

from benchmarks.facts import Facts, read_facts
from benchmarks.http_load import Server
from contracts.people import Role
from contracts.tickets import TicketQuery

REPORTER = "Benchmark Reporter"  # everything that a run adds is this person's, so that it can be removed


@dataclass(frozen=True)
class Desk:
    """`student` has tickets of old, `reporter` only those of this run, `agent` none."""

    database_url: str
    url: str
    facts: Facts
    agent: Server
    student: Server
    reporter: Server


def open_desk(database_url: str, url: str) -> Desk:
    facts = read_facts(database_url)
    return Desk(
        database_url=database_url,
        url=url,
        facts=facts,
        agent=enter(url, Role.AGENT),
        student=enter(url, Role.STUDENT, facts.student),
        reporter=enter(url, Role.STUDENT, REPORTER),
    )


def enter(url: str, role: Role, name: str | None = None) -> Server:
    wish = {"role": role.value} | ({"name": name} if name else {})
    return Server(url, ask(Server(url), "POST", "/sessions", json=wish)["token"])


def ask(server: Server, method: str, path: str, **what: Any) -> Any:
    """One request outside the measurement; the JSON of its answer."""
    headers = {"Authorization": f"Bearer {server.token}"} if server.token else {}
    answer = _client().request(method, server.url + path, headers=headers, **what)
    answer.raise_for_status()
    return answer.json() if answer.content else None


@cache
def _client() -> httpx.Client:
    return httpx.Client(timeout=60)


def parameters(query: TicketQuery) -> str:
    """As the pages send it: what differs from the defaults."""
    return str(httpx.QueryParams(query.model_dump(mode="json", exclude_defaults=True)))


def as_json(**fields: Any) -> bytes:
    return json.dumps(fields).encode()
