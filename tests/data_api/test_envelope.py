"""Every error leaves in the same envelope, with its status, its sentence and its request id."""

from typing import Any, NamedTuple

import httpx
import psycopg
import pytest

from contracts.errors import ErrorEnvelope
from tests.support.api import Api, Visitor, running_api
from tests.support.databases import on_server

# The server's own tidying in the database is nobody's to end but a superuser's.
END_CLIENTS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"


class Case(NamedTuple):
    status: int
    error: str
    method: str
    path: str
    token: str = "student"
    content: bytes | None = None
    fields: tuple[str, ...] = ()


REPORT = b'{"description": "x"}'
CASES = [
    Case(401, "NotSignedIn", "GET", "/me", token=""),
    Case(401, "NotSignedIn", "GET", "/tickets", token=""),
    Case(401, "NotSignedIn", "POST", "/tickets", token="", content=b'{"wrong": 1}'),
    Case(401, "NotSignedIn", "GET", "/events", token=""),
    Case(403, "NotPermitted", "GET", "/overview"),
    Case(403, "NotPermitted", "GET", "/people"),
    Case(403, "NotPermitted", "POST", "/categories", content=b'{"name": "x"}'),
    Case(404, "NotFound", "GET", "/nothing/here"),
    Case(404, "NotFound", "GET", "/tickets/"),
    Case(404, "TicketNotFound", "GET", "/tickets/987654321"),
    Case(404, "NotInList", "DELETE", "/categories/no-such", token="admin"),
    Case(405, "MethodNotAllowed", "PUT", "/tickets"),
    Case(405, "MethodNotAllowed", "POST", "/health"),
    Case(409, "StillInUse", "DELETE", "/categories/facility-management", token="admin"),
    Case(409, "SlugTaken", "POST", "/categories", token="admin", content=b'{"name": "Technical IT"}'),
    Case(413, "BodyTooLarge", "POST", "/tickets", content=b"x" * 1_000_001),
    Case(422, "InvalidInput", "POST", "/tickets", content=b"{}", fields=("body.description",)),
    Case(422, "InvalidInput", "POST", "/tickets", content=b"{oops", fields=("body.1",)),
    Case(422, "InvalidInput", "GET", "/tickets/abc", fields=("path.ticket_id",)),
    Case(
        422, "InvalidInput", "GET", "/tickets?limit=0&sort=x&nope=1", fields=("query.sort", "query.limit", "query.nope")
    ),
    Case(422, "InvalidInput", "POST", "/sessions", token="", content=b'{"role": "x"}', fields=("body.role",)),
]


def assert_enveloped(answer: httpx.Response, status: int, error: str) -> ErrorEnvelope:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/json"
    envelope = ErrorEnvelope.model_validate_json(answer.content)
    assert envelope.error == error
    assert envelope.detail
    assert envelope.request_id == answer.headers["X-Request-ID"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert set(answer.json()) <= {"error", "detail", "request_id", "fields", "current"}
    return envelope


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.status} {case.method} {case.path}")
def test_expected_errors(request: pytest.FixtureRequest, api: Api, case: Case) -> None:
    client: httpx.Client = request.getfixturevalue(case.token) if case.token else api
    headers = {"Content-Type": "application/json"} if case.content else {}
    answer = client.request(case.method, case.path, content=case.content, headers=headers)
    envelope = assert_enveloped(answer, case.status, case.error)
    assert tuple(field.name for field in envelope.fields or ()) == case.fields


def test_only_a_stale_edit_carries_the_present_ticket(student: Visitor, agent: Visitor) -> None:
    ticket_id = student.report()["id"]
    stale = agent.patch(f"/tickets/{ticket_id}", json={"version": 7, "title": "x"})
    assert assert_enveloped(stale, 409, "StaleVersion").current == agent.read(ticket_id)
    refused = agent.post(f"/tickets/{ticket_id}/status", json={"status": "closed"})
    assert assert_enveloped(refused, 409, "TransitionRefused").current is None


def test_an_unexpected_failure_says_nothing_of_its_inside(database_url: str) -> None:
    with running_api(database_url) as api:
        student = api.enter("student")
        api.sql("ALTER TABLE ticket RENAME COLUMN room TO room_away")
        answer = student.post("/tickets", json={"description": "My secret words"})
        envelope = assert_enveloped(answer, 500, "Unexpected")
        assert "room" not in envelope.detail
        # The connection stays good for what comes next.
        assert "Connection" not in answer.headers
        api.sql("ALTER TABLE ticket RENAME COLUMN room_away TO room")
        assert student.report()["stage"] == "to-do"


def test_without_its_database_the_desk_says_so(database_url: str) -> None:
    with running_api(database_url, LODGE_LOG_LEVEL="error") as api:
        student = api.enter("student")
        name = api.sql("SELECT current_database()")[0][0]
        administer(database_url, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        administer(database_url, f"{END_CLIENTS} WHERE datname = %s AND backend_type = 'client backend'", name)
        answer = student.get("/tickets")
        assert_enveloped(answer, 503, "DatabaseUnavailable")
        assert answer.headers["Retry-After"] == "1"
        health = api.get("/health")
        assert health.status_code == 503
        assert health.json()["status"] == "degraded"
        assert health.json()["checks"]["database"] == "not reached"


def administer(database_url: str, statement: Any, *values: str) -> None:
    with psycopg.connect(on_server(database_url, "template1"), autocommit=True) as server:
        server.execute(statement, values)


# -- request ids ---------------------------------------------------------------------------------------------------


def test_a_request_id_is_taken_over_and_reaches_the_change_feed(api: Api, student: Visitor) -> None:
    sent = {"X-Request-ID": "from-the_UI.42"}
    answer = student.post("/tickets", json={"description": "x"}, headers=sent)
    assert answer.headers["X-Request-ID"] == "from-the_UI.42"
    lines = api.sql("SELECT DISTINCT table_name, actor_id FROM change WHERE request_id = %s", "from-the_UI.42")
    tables = ("ticket", "ticket_event", "ticket_prediction")
    assert set(lines) == {(table, student.person_id) for table in tables}


@pytest.mark.parametrize("sent", [b"", b"x" * 65, b"two words", b"a;b", b"a\tb", b"\xc3\xbc", b"<script>", b"a'b"])
def test_an_odd_request_id_is_replaced(api: Api, sent: bytes) -> None:
    answer = api.get("/desk", headers=[(b"X-Request-ID", sent)])
    assert len(answer.headers["X-Request-ID"]) == 32
    assert answer.headers["X-Request-ID"].isalnum()


def test_each_request_has_its_own_id(api: Api) -> None:
    assert len({api.get("/desk").headers["X-Request-ID"] for _ in range(5)}) == 5


def test_two_request_ids_are_no_header_injection(api: Api) -> None:
    answer = api.get("/desk", headers=[(b"X-Request-ID", b"first"), (b"X-Request-ID", b"second")])
    assert answer.headers.get_list("X-Request-ID") == ["first"]
