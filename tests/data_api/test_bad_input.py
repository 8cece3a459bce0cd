"""Nasty input by hand: bytes that are no text, numbers without end, JSON without bottom, all of the wrong kind."""

from typing import Any
from urllib.parse import quote

import httpx
import pytest

from contracts.errors import ErrorEnvelope
from tests.support.api import Api, Visitor, done

JSON = {"Content-Type": "application/json"}
WRITTEN = """
SELECT (SELECT max(id) FROM change), (SELECT count(*) FROM ticket_read), (SELECT count(*) FROM idempotency_key)
"""


@pytest.fixture
def ticket_id(student: Visitor) -> int:
    number: int = student.report()["id"]
    return number


def assert_refused(answer: httpx.Response, *statuses: int) -> ErrorEnvelope:
    assert answer.status_code in (statuses or (422,)), answer.text
    return ErrorEnvelope.model_validate_json(answer.content)


def send(visitor: Visitor, content: bytes, path: str = "/tickets", method: str = "POST") -> httpx.Response:
    return visitor.request(method, path, content=content, headers=JSON)


BODIES = {
    "nothing": b"",
    "spaces": b"   ",
    "no JSON": b"hello",
    "half a JSON": b'{"description": "x"',
    "two of them": b'{"description": "x"}{"description": "y"}',
    "a list": b'[{"description": "x"}]',
    "a text": b'"description"',
    "a number": b"42",
    "null": b"null",
    "true": b"true",
    "invalid UTF-8": b'{"description": "\xff\xfe"}',
    "half a UTF-16": '{"description": "x"}'.encode("utf-16")[:-1],
    "white space to some": b'{"description": "\\u001c\\u001d"}',
    "NUL": b'{"description": "a\\u0000b"}',
    "a raw NUL": b'{"description": "a\x00b"}',
    "half a surrogate pair": b'{"description": "\\ud800"}',
    "the other half": b'{"description": "x\\udc00y"}',
    "half a pair in a title": b'{"description": "x", "title": "\\ud83d"}',
    "half a pair as a field's name": b'{"description": "x", "\\ud800": 1}',
    "NaN": b'{"description": NaN}',
    "NaN for a person": b'{"description": "x", "requester": NaN}',
    "infinity": b'{"description": "x", "requester": Infinity}',
    "a float for a person": b'{"description": "x", "requester": 1.5}',
    "many digits": b'{"description": "x", "requester": ' + b"9" * 5000 + b"}",
    "a huge exponent": b'{"description": "x", "requester": 1e400}',
    "a truth value for a text": b'{"description": true}',
    "a list for a text": b'{"description": ["x"]}',
    "an object for a text": b'{"description": {"$ne": null}}',
    "an unknown field": b'{"description": "x", "admin": true}',
    "a field that would reach inside": b'{"description": "x", "__class__": "x"}',
    "deep lists": b"[" * 50_000,
    "deep and closed lists": b"[" * 20_000 + b"]" * 20_000,
    "a deep field": b'{"description": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "deep objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "a huge text": b'{"description": "' + b"x" * 200_000 + b'"}',
    "a huge field's name": b'{"' + b"x" * 200_000 + b'": 1}',
    "many unknown fields": b"{" + b",".join(b'"%d":1' % number for number in range(20_000)) + b"}",
}


@pytest.mark.parametrize("content", BODIES.values(), ids=BODIES.keys())
def test_a_bad_body_is_refused_and_nothing_written(api: Api, student: Visitor, content: bytes) -> None:
    before = api.sql(WRITTEN)
    answer = send(student, content)
    error = assert_refused(answer, 422, 400)
    assert len(answer.content) < 20_000
    assert all(len(field.name) <= 200 for field in error.fields or ())
    assert api.sql(WRITTEN) == before


def test_of_a_name_said_twice_the_last_counts(student: Visitor) -> None:
    """As JSON readers do; what matters is that checks and storage see the same one."""
    ticket = done(send(student, b'{"description": "first", "description": "second"}'), 201)
    assert ticket["description"] == ticket["title"] == "second"
    assert_refused(send(student, b'{"description": "fine", "description": ""}'))


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", ""],
)
def test_only_json_is_taken(api: Api, student: Visitor, kind: str) -> None:
    """Another site's form could send these without the browser asking first."""
    before = api.sql(WRITTEN)
    headers = {"Content-Type": kind} if kind else {}
    answer = student.post("/tickets", content=b'{"description": "x"}', headers=headers)
    assert_refused(answer, 422, 415)
    assert api.sql(WRITTEN) == before


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/vnd.api+json", "APPLICATION/JSON"])
def test_json_by_its_other_names_is_taken(student: Visitor, kind: str) -> None:
    answer = student.post("/tickets", content=b'{"description": "x"}', headers={"Content-Type": kind})
    assert answer.status_code == 201


# -- addresses -----------------------------------------------------------------------------------------------------

NUMBERS = [
    "0",
    "-1",
    "1.5",
    "1e3",
    "abc",
    "NaN",
    "%00",
    "9223372036854775808",
    "9" * 400,
    "%F0%9F%98%80",
    "1%20or%201=1",
]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("part", ["", "/messages", "/history"])
def test_an_address_that_is_no_number_is_refused(student: Visitor, number: str, part: str) -> None:
    error = assert_refused(student.get(f"/tickets/{number}{part}"))
    assert [field.name for field in error.fields or ()] == ["path.ticket_id"]


def test_the_largest_number_is_only_not_there(student: Visitor) -> None:
    assert_refused(student.get("/tickets/9223372036854775807"), 404)


@pytest.mark.parametrize("number", ["٣", "１", "+1", "1_0", "%201", "01"])
def test_a_number_in_disguise_is_never_a_failure(student: Visitor, number: str) -> None:
    assert student.get(f"/tickets/{number}").status_code in (200, 404, 422)


@pytest.mark.parametrize("path", ["/tickets/../me", "/tickets//1", "//me", "/tickets/1/../../me", "/me/", "/%2e%2e/me"])
def test_odd_paths_lead_nowhere_else(student: Visitor, path: str) -> None:
    assert student.get(path).status_code in (200, 404, 422)


# -- queries -------------------------------------------------------------------------------------------------------

QUERIES = [
    "limit=1&limit=2000",
    "limit=" + "9" * 5000,
    "limit=1.5",
    "limit=%00",
    "limit=true",
    "q=%00",
    "q=" + quote("x" * 201),
    "tag=%00",
    "cursor=%00",
    "sort=opened_at&sort=nope",
    "nope=1",
    "status[]=open",
    "status[$ne]=open",
    "assignee=" + "9" * 19,
    "requester=0",
    "opened_after=0000-00-00",
    "opened_after=10000-01-01",
    "opened_after=2026-13-01T00:00:00Z",
    "opened_after=2026-01-01T00:00:00%2B99:00",
    "opened_after=NaN",
    "opened_before=1e400",
    "opened_before=" + "9" * 400,
    "followed=2",
    "blocked=2",
    "&".join(["status=open"] * 51),
    "&".join(f"tag=t{number}" for number in range(1000)),
]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query[:40])
def test_a_bad_query_is_refused_by_name(student: Visitor, query: str) -> None:
    error = assert_refused(student.get(f"/tickets?{query}"))
    name = query.partition("=")[0].partition("[")[0]
    assert any(field.name.startswith(f"query.{name}") for field in error.fields or ())


@pytest.mark.parametrize(
    "query",
    [
        "q=%FF%FE",
        "q=%ED%A0%80",
        "tag=%FF",
        "opened_after=-1",
        "opened_after=1e12",
        "opened_after=99999999999999999",
        "=1",
        "&&&",
        "q=" + quote("a\u202eb"),
        "opened_after=0001-01-01T00:00:00%2B14:00",
        "opened_before=9999-12-31T23:59:59-14:00",
    ],
)
def test_an_odd_query_is_never_a_failure(student: Visitor, query: str) -> None:
    assert student.get(f"/tickets?{query}").status_code in (200, 422)


# -- fields of the other routes ------------------------------------------------------------------------------------

EDITS: list[dict[str, Any]] = [
    {},
    {"version": 0},
    {"version": 2**31},
    {"version": 10**40},
    {"version": "one"},
    {"version": 1.5},
    {"version": None},
    {"version": 1, "assignee": 0},
    {"version": 1, "assignee": 2**63},
    {"version": 1, "assignee": "me"},
    {"version": 1, "tags": "lift"},
    {"version": 1, "tags": [""]},
    {"version": 1, "tags": [" "]},
    {"version": 1, "tags": ["x" * 41]},
    {"version": 1, "tags": ["a\x00"]},
    {"version": 1, "tags": [None]},
    {"version": 1, "tags": [f"t{number}" for number in range(21)]},
    {"version": 1, "stage": "To do"},
    {"version": 1, "is_confidential": "perhaps"},
    {"version": 1, "priority": 3},
    {"version": 1, "title": "x" * 201},
    {"version": 1, "title": "\x00"},
    {"version": 1, "status": "closed"},
    {"version": 1, "closed_at": "2020-01-01T00:00:00Z"},
    {"version": 1, "requester": 1},
]


@pytest.mark.parametrize("body", EDITS, ids=lambda body: str(body)[:50])
def test_a_bad_edit_is_refused_and_nothing_changed(agent: Visitor, ticket_id: int, body: dict[str, Any]) -> None:
    before = agent.read(ticket_id)
    assert_refused(agent.patch(f"/tickets/{ticket_id}", json=body))
    assert agent.read(ticket_id) == before


@pytest.mark.parametrize(
    "body", [{}, {"status": "new"}, {"status": None}, {"status": ["open"]}, {"status": "CLOSED"}], ids=str
)
def test_a_bad_move_is_refused(agent: Visitor, ticket_id: int, body: dict[str, Any]) -> None:
    assert_refused(agent.post(f"/tickets/{ticket_id}/status", json=body))


@pytest.mark.parametrize(
    "fields",
    [{"reason": "bored"}, {"version": 0}, {"version": "x"}, {"closed_at": "2020-01-01"}, {"version": 2**31}],
    ids=str,
)
def test_a_bad_detail_of_a_move_is_refused(agent: Visitor, ticket_id: int, fields: dict[str, Any]) -> None:
    assert_refused(agent.post(f"/tickets/{ticket_id}/status", json={"status": "active", **fields}))
    assert agent.read(ticket_id)["status"] == "open"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"role": None},
        {"role": ["admin"]},
        {"role": "student", "name": ""},
        {"role": "student", "name": "x" * 101},
        {"role": "student", "name": "a\x00"},
        {"role": "student", "roles": ["admin"]},
        {"username": "a"},
        {"role": "student", "username": "a", "password": "b"},
    ],
    ids=lambda body: str(body)[:50],
)
def test_a_bad_way_in_is_refused(api: Api, body: dict[str, Any]) -> None:
    assert_refused(api.post("/sessions", json=body))


def test_a_refusal_never_repeats_what_was_sent(student: Visitor) -> None:
    answer = student.post("/tickets", json={"description": "x", "priority": "my secret words"})
    assert_refused(answer)
    assert "secret" not in answer.text


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "OPTIONS"])
def test_an_unknown_method_is_refused_in_the_envelope(student: Visitor, method: str) -> None:
    assert_refused(student.request(method, "/tickets"), 405)


def test_a_tag_is_measured_as_it_is_stored(student: Visitor, agent: Visitor) -> None:
    """Some letters become two in lower case."""
    ticket = student.report()
    edit = {"version": ticket["version"], "tags": ["İ" * 40]}
    assert_refused(agent.patch(f"/tickets/{ticket['id']}", json=edit))


def test_a_name_is_not_made_of_nothing(api: Api) -> None:
    assert_refused(api.post("/sessions", json={"role": "student", "name": "\x1c"}))
