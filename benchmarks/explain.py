"""Prints the plan of each list query, exactly as the data API sends it: `python -m benchmarks --explain`."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import Engine, event

from benchmarks import lists
from benchmarks.desk import parameters
from benchmarks.facts import Facts
from contracts.people import Role
from contracts.tickets import TicketQuery
from data_api.main import create_app
from service_kit.logs import configure_logs
from service_kit.settings import Settings

Statement = tuple[str, Any]


def explain(database_url: str, facts: Facts) -> Iterator[str]:
    """Yields the lines of each plan under a heading. The API runs in this process, so that its SQL can be recorded."""
    configure_logs("warning")
    app = create_app(Settings(_env_file=None, database_url=database_url, rate_limits=False))
    for heading, statement in asyncio.run(_asked(app, facts)):
        yield f"\n## {heading}"
        yield from _plan(app.state.organisation.database.engine, statement)


async def _asked(app: FastAPI, facts: Facts) -> list[tuple[str, Statement]]:
    agent = lists.queue(facts) | lists.searches(facts)
    found = []
    for role, name, asked in ((Role.AGENT, None, agent), (Role.STUDENT, facts.student, lists.students(facts))):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
            entered = await client.post("/sessions", json={"role": role, "name": name})
            client.headers["Authorization"] = f"Bearer {entered.raise_for_status().json()['token']}"
            for title, queries in asked.items():
                sent = await _statements(client, queries[0])
                found += [(f"{role.value}, {title}: /tickets?{parameters(queries[0])}", each) for each in sent]
    return found


async def _statements(client: httpx.AsyncClient, query: TicketQuery) -> list[Statement]:
    """Requests a first page, and returns the list's own SQL statements, without those that check the token."""
    with _recorded() as sent:
        (await client.get(f"/tickets?{parameters(query)}")).raise_for_status()
    return [statement for statement in sent if "FROM ticket" in statement[0]]


@contextmanager
def _recorded() -> Iterator[list[Statement]]:
    """Records the statements that any SQLAlchemy engine sends during the block."""
    sent: list[Statement] = []

    def record(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        sent.append((statement, values))

    event.listen(Engine, "before_cursor_execute", record)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", record)


def _plan(engine: Engine, statement: Statement) -> Iterator[str]:
    """Yields the plan of the statement's second run, whose pages are already in memory."""
    text, values = statement
    with engine.connect() as connection:
        connection.exec_driver_sql(text, values).all()
        yield from connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS) {text}", values).scalars()
