"""Runs a data API for tests: over HTTP, on a free port, with a database. The test's own process serves it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, LiteralString

import httpx
import psycopg

from contracts.people import Role
from data_api.kit.database import TimeLimits
from data_api.main import create_app
from tests.lodge.waiting import wait_until
from tests.support.serving import START_SECONDS, served, settings_of

# Long enough for a busy machine; only a failure takes so long.
ANSWER_SECONDS = 60.0
# Longer than the product's limits, so that on a busy machine no count stays incomplete and no statement is aborted. The
# product's own limits have their own tests.
PATIENT = TimeLimits(
    statement_milliseconds=30_000, lock_milliseconds=30_000, count_milliseconds=30_000, search_milliseconds=30_000
)


def where_it_is_noon() -> str:
    """Returns a time zone in which it is about noon now, so that no test runs across midnight."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+}"


class Visitor(httpx.Client):
    """A client of a person who is signed in: every request carries their token."""

    def __init__(self, url: str, transport: httpx.BaseTransport, session: dict[str, Any]) -> None:
        self.token: str = session["token"]
        self.person_id: int = session["person"]["id"]
        self.name: str = session["person"]["name"]
        headers = {"Authorization": f"Bearer {self.token}"}
        super().__init__(base_url=url, transport=transport, headers=headers, trust_env=False, timeout=ANSWER_SECONDS)

    def report(self, description: str = "The lift is stuck.", **fields: Any) -> dict[str, Any]:
        """Creates a ticket and returns it."""
        return done(self.post("/tickets", json={"description": description, **fields}), 201)

    def read(self, ticket_id: int) -> dict[str, Any]:
        return done(self.get(f"/tickets/{ticket_id}"))

    def edit(self, ticket_id: int, **fields: Any) -> dict[str, Any]:
        """Changes fields of the ticket, with its present version."""
        version = self.read(ticket_id)["version"]
        return done(self.patch(f"/tickets/{ticket_id}", json={"version": version, **fields}))

    def move(self, ticket_id: int, *statuses: str) -> dict[str, Any]:
        """Moves the ticket through these statuses, one after the other."""
        ticket = self.read(ticket_id)
        for status in statuses:
            ticket = done(self.post(f"/tickets/{ticket_id}/status", json={"status": status}))
        return ticket

    def say(self, ticket_id: int, body: str = "A technician comes at ten.", **fields: Any) -> dict[str, Any]:
        return done(self.post(f"/tickets/{ticket_id}/messages", json={"body": body, **fields}), 201)

    def upload(self, content: bytes, name: str = "notes.txt", ticket_id: int | None = None) -> dict[str, Any]:
        """Uploads a file to the ticket, or a draft."""
        path = f"/tickets/{ticket_id}/attachments" if ticket_id else "/attachments"
        return done(self.post(path, files={"file": (name, content)}), 201)

    def list_ids(self, **filters: Any) -> list[int]:
        """Returns the ids of the tickets on the first page of the list."""
        return [ticket["id"] for ticket in done(self.get("/tickets", params=filters))["items"]]

    def walk(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Returns all items of a list, read page by page."""
        page = done(self.get(path, params=query))
        found: list[dict[str, Any]] = page["items"]
        while page["next_cursor"] is not None:
            page = done(self.get(path, params={**query, "cursor": page["next_cursor"]}))
            found += page["items"]
        return found


class Api(httpx.Client):
    """A client of a running data API that sends no token."""

    def __init__(self, url: str, database_url: str) -> None:
        self.url = url
        self.database_url = database_url
        self._database: psycopg.Connection | None = None
        limits = httpx.Limits(max_connections=100, keepalive_expiry=2.0)
        # verify=False, because the API uses plain HTTP and loading certificates takes longer than most tests.
        self._shared = httpx.HTTPTransport(limits=limits, verify=False)
        super().__init__(base_url=url, transport=self._shared, trust_env=False, timeout=ANSWER_SECONDS)

    def enter(self, role: Role | str, name: str | None = None) -> Visitor:
        wish = {"role": str(role), "name": name} if name else {"role": str(role)}
        return Visitor(self.url, self._shared, done(self.post("/sessions", json=wish), 201))

    def sign_in(self, username: str, password: str) -> Visitor:
        wish = {"username": username, "password": password}
        return Visitor(self.url, self._shared, done(self.post("/sessions", json=wish), 201))

    def with_token(self, visitor: Visitor, token: str) -> Visitor:
        """Returns a client of the same person with another token."""
        person = {"id": visitor.person_id, "name": visitor.name}
        return Visitor(self.url, self._shared, {"token": token, "person": person})

    def sql(self, statement: LiteralString, *values: Any, **named: Any) -> list[tuple[Any, ...]]:
        """Executes a statement directly in the database, commits it, and returns its rows, if it has any."""
        if self._database is None:
            self._database = psycopg.connect(self.database_url, autocommit=True)
        cursor = self._database.execute(statement, named or values)
        return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        if self._database is not None:
            self._database.close()
        super().close()


def done(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    """Checks the answer's status and returns its JSON."""
    assert answer.status_code == status, f"{answer.request.method} {answer.request.url}: {answer.text}"
    found: dict[str, Any] = answer.json() if answer.content else {}
    return found


@contextmanager
def running_api(database_url: str, **settings: str) -> Iterator[Api]:
    """Gives a running data API. `settings` are environment variables, such as LODGE_STUDENTS_SEE="own". Rate limits are
    off unless `settings` turn them on."""
    named = {"LODGE_DATABASE_URL": database_url, "LODGE_RATE_LIMITS": "off", **settings}
    with served(create_app(settings_of(**named), PATIENT)) as url, Api(url, database_url) as api:
        wait_until(lambda: api.get("/health").status_code == 200, "the data API is healthy", START_SECONDS)
        yield api
