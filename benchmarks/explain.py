"""The plan of each list query, just as the data API sends it: `python -m benchmarks --explain`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import Engine, event

from benchmarks import lists
from benchmarks.desk import parameters
from benchmarks.facts import Facts
from contracts.people import Role
from contracts.tickets import TicketQuery

Statement = tuple[str, Any]


def explain(database_url: str, facts: Facts) -> Iterator[str]:
    """The lines of each plan under a heading. The API runs in this process, so that its statements can be heard."""
    os.environ |= {"LODGE_DATABASE_URL": database_url, "LODGE_RATE_LIMITS": "off", "LODGE_LOG_LEVEL": "warning"}
    from data_api.database import get_engine  # late: it reads the settings
    from data_api.main import app

    client = TestClient(app, base_url="http://127.0.0.1")
    for role, name, asked in (
        (Role.AGENT, None, lists.queue(facts) | lists.searches(facts)),
        (Role.STUDENT, facts.student, lists.students(facts)),
    ):
        entered = client.post("/sessions", json={"role": role, "name": name}).raise_for_status().json()
        client.headers["Authorization"] = f"Bearer {entered['token']}"
        for title, queries in asked.items():
            for statement in _statements(client, get_engine(), queries[0]):
                yield f"\n## {role.value}, {title}: /tickets?{parameters(queries[0])}"
                yield from _plan(get_engine(), statement)


def _statements(client: TestClient, engine: Engine, query: TicketQuery) -> list[Statement]:
    """What a first page takes: the list's own statements, without the token's."""
    with _recorded(engine) as sent:
        client.get(f"/tickets?{parameters(query)}").raise_for_status()
    return [statement for statement in sent if "FROM ticket" in statement[0]]


@contextmanager
def _recorded(engine: Engine) -> Iterator[list[Statement]]:
    sent: list[Statement] = []

    def record(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        sent.append((statement, values))

    event.listen(engine, "before_cursor_execute", record)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", record)


def _plan(engine: Engine, statement: Statement) -> Iterator[str]:
    """Of a second run, which finds what the first has read."""
    text, values = statement
    with engine.connect() as connection:
        connection.exec_driver_sql(text, values).all()
        yield from connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS) {text}", values).scalars()
