"""A desk to be measured: its data API, facts about its data, and three people who are signed in."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
import psycopg
from pydantic import BaseModel

from benchmarks.facts import Facts, read_facts
from benchmarks.http_load import Server
from contracts.people import Role

REPORTER = "Benchmark Reporter"  # the requester of all tickets that a run adds, so that they can be deleted


@dataclass(frozen=True)
class Desk:
    """`student` has seeded tickets, `reporter` only tickets of this run, and `agent` none."""

    database_url: str
    url: str
    facts: Facts
    agent: Server
    student: Server
    reporter: Server


def open_desk(database_url: str, url: str) -> Desk:
    facts = read_facts(database_url)
    desk = Desk(
        database_url=database_url,
        url=url,
        facts=facts,
        agent=enter(url, Role.AGENT),
        student=enter(url, Role.STUDENT, facts.student),
        reporter=enter(url, Role.STUDENT, REPORTER),
    )
    _form_team(desk)
    return desk


def _form_team(desk: Desk) -> None:
    """Puts the agent into a team with the people who have the most tickets."""
    me = ask(desk.agent, "GET", "/me")["person"]["id"]
    with psycopg.connect(desk.database_url) as connection:
        connection.execute("INSERT INTO team (slug, name) VALUES ('benchmark', 'Benchmark') ON CONFLICT DO NOTHING")
        connection.execute(
            "UPDATE person SET team_id = team.id FROM team WHERE team.slug = 'benchmark' AND person.id = ANY (%s)",
            [[me, *desk.facts.assignees]],
        )


def enter(url: str, role: Role, name: str | None = None) -> Server:
    wish = {"role": role.value} | ({"name": name} if name else {})
    return Server(url, ask(Server(url), "POST", "/sessions", json=wish)["token"])


def ask(server: Server, method: str, path: str, **what: Any) -> Any:
    """Sends one request outside the measurement, and returns the JSON of its answer."""
    headers = {"Authorization": f"Bearer {server.token}"} if server.token else {}
    answer = _client().request(method, server.url + path, headers=headers, **what)
    answer.raise_for_status()
    return answer.json() if answer.content else None


@cache
def _client() -> httpx.Client:
    return httpx.Client(timeout=60)


def parameters(query: BaseModel) -> str:
    """Returns the query string as the pages send it, with only what differs from the defaults."""
    return str(httpx.QueryParams(query.model_dump(mode="json", exclude_defaults=True)))


def as_json(**fields: Any) -> bytes:
    return json.dumps(fields).encode()
