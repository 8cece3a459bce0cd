"""The data API as people meet it: a process of its own, on a free port, over a database."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from typing import Any, LiteralString

import httpx
import psycopg

from contracts.people import Role
from tests.support.serving import start_server

# Of a busy machine; only a failure takes so long.
START_SECONDS = 120.0
ANSWER_SECONDS = 60.0


def where_it_is_noon() -> str:
    """A time zone in which today has begun long ago and goes on for hours: no test runs across its midnight."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+}"


class Visitor(httpx.Client):
    """Someone who has entered: every request carries their token."""

    def __init__(self, url: str, transport: httpx.BaseTransport, session: dict[str, Any]) -> None:
        self.token: str = session["token"]
        self.person_id: int = session["person"]["id"]
        self.name: str = session["person"]["name"]
        headers = {"Authorization": f"Bearer {self.token}"}
        super().__init__(base_url=url, transport=transport, headers=headers, trust_env=False, timeout=ANSWER_SECONDS)

    def report(self, description: str = "The lift is stuck.", **fields: Any) -> dict[str, Any]:
        """A new ticket."""
        return done(self.post("/tickets", json={"description": description, **fields}), 201)

    def read(self, ticket_id: int) -> dict[str, Any]:
        return done(self.get(f"/tickets/{ticket_id}"))

    def edit(self, ticket_id: int, **fields: Any) -> dict[str, Any]:
        """Changes fields of the ticket as it stands now."""
        version = self.read(ticket_id)["version"]
        return done(self.patch(f"/tickets/{ticket_id}", json={"version": version, **fields}))

    def move(self, ticket_id: int, *statuses: str) -> dict[str, Any]:
        """Through one status after the other."""
        ticket = self.read(ticket_id)
        for status in statuses:
            ticket = done(self.post(f"/tickets/{ticket_id}/status", json={"status": status}))
        return ticket

    def say(self, ticket_id: int, body: str = "A technician comes at ten.", **fields: Any) -> dict[str, Any]:
        return done(self.post(f"/tickets/{ticket_id}/messages", json={"body": body, **fields}), 201)

    def list_ids(self, **filters: Any) -> list[int]:
        """The numbers on the first page of the list."""
        return [ticket["id"] for ticket in done(self.get("/tickets", params=filters))["items"]]

    def walk(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Everything in a list, page by page."""
        page = done(self.get(path, params=query))
        found: list[dict[str, Any]] = page["items"]
        while page["next_cursor"] is not None:
            page = done(self.get(path, params={**query, "cursor": page["next_cursor"]}))
            found += page["items"]
        return found


class Api(httpx.Client):
    """A running data API, to a stranger: without a token."""

    def __init__(self, url: str, database_url: str) -> None:
        self.url = url
        self.database_url = database_url
        self._database: psycopg.Connection | None = None
        self._shared = httpx.HTTPTransport(limits=httpx.Limits(max_connections=100, keepalive_expiry=2.0))
        super().__init__(base_url=url, transport=self._shared, trust_env=False, timeout=ANSWER_SECONDS)

    def enter(self, role: Role | str, name: str | None = None) -> Visitor:
        wish = {"role": str(role), "name": name} if name else {"role": str(role)}
        return Visitor(self.url, self._shared, done(self.post("/sessions", json=wish), 201))

    def sql(self, statement: LiteralString, *values: Any, **named: Any) -> list[tuple[Any, ...]]:
        """Straight to the database, committed; the rows where there are any."""
        if self._database is None:
            self._database = psycopg.connect(self.database_url, autocommit=True)
        cursor = self._database.execute(statement, named or values)
        return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        if self._database is not None:
            self._database.close()
        super().close()


def done(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    """The answer's JSON, once its status is the expected one."""
    assert answer.status_code == status, f"{answer.request.method} {answer.request.url}: {answer.text}"
    found: dict[str, Any] = answer.json() if answer.content else {}
    return found


@contextmanager
def running_api(database_url: str, **settings: str) -> Iterator[Api]:
    """`settings` are environment variables, such as LODGE_STUDENTS_SEE="own". Rate limits are off unless asked for, and
    only warnings are logged."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LODGE_")}
    quiet = {"LODGE_RATE_LIMITS": "off", "LODGE_LOG_LEVEL": "warning"}
    environment |= {"LODGE_DATABASE_URL": database_url, **quiet, **settings}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # The socket is handed over open, so that nobody else can take the port meanwhile.
        process = start_server(listener, environment)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        with Api(url, database_url) as api:
            _wait_until_healthy(api, process)
            yield api
    finally:
        # Not asked politely: that takes a second, which the launcher's tests spend once for all.
        process.kill()
        process.join()


def _wait_until_healthy(api: Api, process: BaseProcess) -> None:
    deadline = time.monotonic() + START_SECONDS
    while api.get("/health", timeout=START_SECONDS).status_code != 200:
        assert process.is_alive(), "the data API ended while starting; its output says why"
        assert time.monotonic() < deadline, f"the data API is not healthy: {api.get('/health').text}"
        time.sleep(0.02)
