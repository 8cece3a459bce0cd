"""What the SQL lab's components may ask the pages' server, and who may."""

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from streamlit_app.client import environment
from streamlit_app.server import sql_requests
from streamlit_app.server.cookies import cookie_name
from streamlit_app.server.json_requests import Refused
from streamlit_app.server.security import Gate
from streamlit_app.server.sql_requests import Allowance
from tests.support.analytics import Analytics
from tests.support.api import Api, Visitor

DESK = "http://127.0.0.1:8501"
KEPT = (
    *(environment.answered_names, environment.public_url, environment.home, environment.are_limits_on),
    sql_requests.http_client,
)
ASK = '{"sql": "SELECT 6 * 7 AS answer"}'
FROM_HERE = {"Origin": DESK, "Content-Type": "application/json"}


@pytest.fixture
def browser(_figures: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The pages' server without Streamlit inside. One event loop serves all requests, as it does there."""
    for kept in KEPT:
        kept.cache_clear()
    # Each test begins anew: all of them ask with the same token, within a second.
    monkeypatch.setattr(sql_requests, "allowance", Allowance())
    app = Starlette(routes=sql_requests.routes, middleware=[Middleware(Gate)])
    with TestClient(app, base_url=DESK) as client:
        yield client
    for kept in KEPT:
        kept.cache_clear()


@pytest.fixture
def inside(browser: TestClient, analyst: Visitor) -> TestClient:
    browser.cookies.set(cookie_name("127.0.0.1:8501"), analyst.token)
    return browser


def test_the_first_rows_come_with_their_moment(inside: TestClient) -> None:
    answer = inside.post("/sql/preview", content=ASK, headers=FROM_HERE)
    assert answer.status_code == 200, answer.text
    assert answer.json()["rows"] == [[42]]
    assert answer.json()["as_of"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("sql", ["SELEC", "SELECT nothing", "CREATE TABLE t AS SELECT 1", "SELECT $unknown"])
def test_what_is_not_ready_shows_nothing_and_is_no_error(inside: TestClient, sql: str) -> None:
    answer = inside.post("/sql/preview", json={"sql": sql}, headers={"Origin": DESK})
    assert (answer.status_code, answer.content) == (204, b"")


def test_parameters_have_their_declared_defaults(inside: TestClient) -> None:
    sql = "-- $a = 3\n-- $day = 2026-11-30\n-- $other = 1\nSELECT $a + $b, $day - DATE '2026-11-29'"
    answer = inside.post("/sql/preview", json={"sql": sql, "parameters": {"b": 4}}, headers={"Origin": DESK})
    assert answer.json()["rows"] == [[7, 1]]


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Origin": "http://127.0.0.1:9"}, ASK, 403),
        ({"Origin": "null"}, ASK, 403),
        ({"Content-Type": "text/plain"}, ASK, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, "sql=SELECT+1", 415),
        ({}, '{"sql": "' + "x" * sql_requests.MOST_BODY_BYTES + '"}', 413),
        ({}, "SELECT 1", 422),
        ({}, "[]", 422),
        ({}, '{"sql": ""}', 422),
        ({}, '{"sql": "SELECT 1", "role": "admin"}', 422),
    ],
)
def test_what_is_refused(inside: TestClient, headers: dict[str, str], body: str, status: int) -> None:
    answer = inside.post("/sql/preview", content=body, headers={**FROM_HERE, **headers})
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]


def test_only_a_page_of_ours_asks(inside: TestClient) -> None:
    assert inside.post("/sql/preview", content=ASK, headers={"Content-Type": "application/json"}).status_code == 403
    assert inside.get("/sql/preview").status_code == 405


@pytest.mark.parametrize("role", ["student", "agent", None])
def test_only_those_who_may_run_sql(browser: TestClient, api: Api, role: str | None) -> None:
    if role:
        browser.cookies.set(cookie_name("127.0.0.1:8501"), api.enter(role, "Maja Novak").token)
    expected = 403 if role else 401
    assert browser.post("/sql/preview", content=ASK, headers=FROM_HERE).status_code == expected
    assert browser.get("/sql/schema/ticket").status_code == expected


def test_a_table_is_summed_up(inside: TestClient, analytics: Analytics, analyst: Visitor) -> None:
    analytics.ask(analyst, "active-by-category")
    summary = inside.get("/sql/schema/category").json()
    assert summary["comment"] == "What tickets are about"
    assert [column["name"] for column in summary["columns"]] == ["id", "slug", "name", "is_default"]
    assert summary["columns"][1]["distinct"] == summary["rows"] == summary["read"] > 0


@pytest.mark.parametrize("name", ["person_name", "internal.state", "ticket%3Fx=1", "..", "ticket%2F..", "a" * 100])
def test_there_is_no_other_table(inside: TestClient, name: str) -> None:
    assert inside.get(f"/sql/schema/{name}").status_code == 404


def test_a_flood_is_slowed_down_and_others_are_not() -> None:
    now = [0.0]
    allowance = Allowance(lambda: now[0])
    for _ in range(sql_requests.MOST_OF_ONE):
        allowance.take("one")
    with pytest.raises(Refused) as refused:
        allowance.take("one")
    assert refused.value.status == 429
    allowance.take("another")
    now[0] = 1.0
    allowance.take("one")


def test_a_flood_from_many_is_slowed_down() -> None:
    allowance = Allowance(lambda: 0.0)
    for number in range(sql_requests.MOST_OF_ALL):
        allowance.take(str(number))
    with pytest.raises(Refused):
        allowance.take("one more")
