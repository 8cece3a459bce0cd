"""Previews of statements while they are written: what they answer, and that they hold nothing up."""

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from uuid import uuid4

import httpx
import pytest

from analytics_api.sql import service
from tests.analytics_api.statements import statements_processes
from tests.lodge.waiting import wait_until
from tests.support.analytics import Analytics
from tests.support.api import Api, Visitor

ENDLESS = "SELECT count(*) FROM range(10000000) a, range(10000000) b"
SLOTS = max(1, len(os.sched_getaffinity(0)) - 1)


@pytest.fixture
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The analytics API runs in this process. A preview that is to be ended by something else does not end by
    itself."""
    monkeypatch.setattr(service, "PREVIEW_SECONDS", 60.0)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as threads:
        yield threads


def preview(analytics: Analytics, visitor: Visitor, sql: str) -> httpx.Response:
    return analytics.post("/sql", json={"sql": sql, "preview": True}, headers=dict(visitor.headers))


def run(analytics: Analytics, visitor: Visitor, sql: str, id_: str) -> httpx.Response:
    return analytics.post("/sql", json={"sql": sql, "id": id_}, headers=dict(visitor.headers))


@contextmanager
def statements(analytics: Analytics, visitor: Visitor, pool: ThreadPoolExecutor, number: int) -> Iterator[None]:
    """So many statements run, each on a processor of its own."""
    names = [uuid4().hex for _ in range(number)]
    answers = [pool.submit(run, analytics, visitor, ENDLESS, name) for name in names]
    wait_until(lambda: len(statements_processes()) == number, "the statements run", 30)
    yield
    for name in names:
        analytics.delete(f"/sql/{name}", headers=dict(visitor.headers))
    assert all(answer.result().status_code == 409 for answer in answers)


def endless_preview(analytics: Analytics, visitor: Visitor, pool: ThreadPoolExecutor) -> Future[httpx.Response]:
    before = len(statements_processes())
    answer = pool.submit(preview, analytics, visitor, ENDLESS)
    wait_until(lambda: len(statements_processes()) > before, "the preview runs", 30)
    return answer


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT i FROM range(100) t(i) ORDER BY i DESC", [[99 - n] for n in range(8)]),
        ("SELECT 1; -- the last one", [[1]]),
        ("SELECT 1 -- ;", [[1]]),
        ("SELECT 1 AS a, 2 AS a", [[1, 2]]),
        ("FROM (VALUES (1), (NULL))", [[1], [None]]),
        ("WITH t AS (SELECT 7 AS x) FROM t", [[7]]),
        ("DESCRIBE SELECT 1 AS a", [["a", "INTEGER", "YES", None, None, None]]),
    ],
)
def test_the_first_rows_are_the_statements_own(
    analytics: Analytics, analyst: Visitor, sql: str, rows: list[list[object]]
) -> None:
    answer = preview(analytics, analyst, sql).json()
    assert answer["rows"] == rows
    assert answer["truncated"] is (len(rows) == 8)


def test_only_the_first_rows_are_sorted(
    analytics: Analytics, analyst: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A preview has too little memory for sorting all of them."""
    monkeypatch.setattr(service, "PREVIEW_SECONDS", 60.0)
    monkeypatch.setattr(service, "PREVIEW_MEMORY", 32 * 1024**2)
    answer = preview(analytics, analyst, "SELECT i, hash(i) AS h FROM range(5000000) t(i) ORDER BY h")
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "sql", ["EXPLAIN SELECT 1", "PIVOT (VALUES (1, 'a')) t(n, k) ON k USING sum(n)", "SHOW TABLES"]
)
def test_what_cannot_be_part_of_a_query_is_previewed_whole(analytics: Analytics, analyst: Visitor, sql: str) -> None:
    assert preview(analytics, analyst, sql).json()["rows"]


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("SELECT nothing FROM", "StatementWrong"),
        ("SELECT 1) FROM (SELECT 2", "StatementWrong"),
        ("SELECT 1; SELECT 2", "StatementNotAllowed"),
        ("FROM read_csv('/etc/passwd')", "StatementNotAllowed"),
    ],
)
def test_what_may_not_run_is_not_previewed(analytics: Analytics, analyst: Visitor, sql: str, error: str) -> None:
    assert preview(analytics, analyst, sql).json()["error"] == error


def test_the_line_of_an_error_is_the_statements_own(analytics: Analytics, analyst: Visitor) -> None:
    assert preview(analytics, analyst, "SELECT 1,\n  nothing").json()["line"] == 2


def test_a_slow_preview_ends(analytics: Analytics, analyst: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "PREVIEW_SECONDS", 0.25)
    answer = preview(analytics, analyst, ENDLESS)
    assert answer.json()["detail"] == "The statement took longer than 0.25 seconds."


@pytest.mark.usefixtures("_patient")
def test_a_statement_ends_a_preview_for_its_processor(
    analytics: Analytics, analyst: Visitor, pool: ThreadPoolExecutor
) -> None:
    with statements(analytics, analyst, pool, SLOTS - 1):
        ended = endless_preview(analytics, analyst, pool)
        assert run(analytics, analyst, "SELECT 1", uuid4().hex).json()["rows"] == [[1]]
        assert ended.result().json()["error"] == "StatementCancelled"
    assert preview(analytics, analyst, "SELECT 1").json()["rows"] == [[1]]


def test_a_preview_never_waits_for_a_statement(
    analytics: Analytics, analyst: Visitor, pool: ThreadPoolExecutor
) -> None:
    with statements(analytics, analyst, pool, SLOTS):
        answer = preview(analytics, analyst, "SELECT 1")
    assert (answer.status_code, answer.json()["error"]) == (429, "LabBusy")


@pytest.mark.usefixtures("_patient")
def test_ones_next_preview_takes_the_place_of_the_one_before(
    analytics: Analytics, analyst: Visitor, pool: ThreadPoolExecutor
) -> None:
    former = endless_preview(analytics, analyst, pool)
    assert preview(analytics, analyst, "SELECT 2").json()["rows"] == [[2]]
    assert former.result().json()["error"] == "StatementCancelled"
    wait_until(lambda: not statements_processes(), "their processes are gone", 10)


@pytest.mark.usefixtures("_patient")
def test_there_is_one_preview_at_a_time(
    analytics: Analytics, analyst: Visitor, api: Api, pool: ThreadPoolExecutor
) -> None:
    former = endless_preview(analytics, analyst, pool)
    other = api.enter("analyst", "Someone Else")
    assert preview(analytics, other, "SELECT 1").json()["error"] == "LabBusy"
    preview(analytics, analyst, "SELECT 2")
    former.result()
    assert preview(analytics, other, "SELECT 1").json()["rows"] == [[1]]


def test_a_preview_comes_as_json_and_is_not_known_afterwards(analytics: Analytics, analyst: Visitor) -> None:
    answer = preview(analytics, analyst, "SELECT 1").json()
    assert analytics.get(f"/sql/{answer['id']}", headers=dict(analyst.headers)).status_code == 404
    headers = {**analyst.headers, "accept": "application/vnd.apache.arrow.stream"}
    refused = analytics.post("/sql", json={"sql": "SELECT 1", "preview": True}, headers=headers)
    assert refused.json()["fields"] == [{"name": "body.preview", "message": "comes as JSON only"}]
