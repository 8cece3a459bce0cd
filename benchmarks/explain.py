"""Prints the plan of each list query, exactly as the data API sends it: `python -m benchmarks --explain`."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import Engine, event

from benchmarks import board, lists
from benchmarks.desk import parameters
from benchmarks.facts import Facts
from contracts.people import Role
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
    found = []
    for role, name, asked in ((Role.AGENT, None, _of_agent(facts)), (Role.STUDENT, facts.student, _of_student(facts))):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
            entered = await client.post("/sessions", json={"role": role, "name": name})
            client.headers["Authorization"] = f"Bearer {entered.raise_for_status().json()['token']}"
            for title, path in asked.items():
                found += [(f"{role.value}, {title}: {path}", each) for each in await _statements(client, path)]
    return found


def _of_agent(facts: Facts) -> dict[str, str]:
    """Returns the addresses of what is explained, by titles."""
    queue = lists.queue(facts) | lists.searches(facts)
    columns = board.boards(facts) | board.searches(facts)
    return {title: f"/tickets?{parameters(queries[0])}" for title, queries in queue.items()} | {
        f"board, {title}": f"/board?{parameters(queries[0])}" for title, queries in columns.items()
    }


def _of_student(facts: Facts) -> dict[str, str]:
    return {title: f"/tickets?{parameters(queries[0])}" for title, queries in lists.students(facts).items()}


async def _statements(client: httpx.AsyncClient, path: str) -> list[Statement]:
    """Requests a first page, and returns the list's own SQL statements, without those that check the token."""
    with _recorded() as sent:
        (await client.get(path)).raise_for_status()
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
