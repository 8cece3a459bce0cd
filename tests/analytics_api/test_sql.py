"""The SQL lab's routes: what they answer, and what they refuse."""

import io
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pyarrow as pa
import pytest

from tests.analytics_api.statements import statements_processes
from tests.lodge.waiting import wait_until
from tests.support.analytics import Analytics
from tests.support.api import Api, Visitor
from warehouse.tables import ALL, Definition


@pytest.fixture(scope="module")
def lab(analytics: Analytics, analyst: Visitor, api: Api) -> Analytics:
    student = api.enter("student", "Maja Novak")
    for number in range(3):
        student.report(f"The projector shows no picture, for the {number + 1}. time.")
    analytics.ask(analyst, "active-by-category")
    return analytics


def ask(lab: Analytics, visitor: Visitor, sql: str, **beside: Any) -> httpx.Response:
    return lab.post("/sql", json={"sql": sql, **beside}, headers={"Authorization": f"Bearer {visitor.token}"})


def test_a_query_is_answered(lab: Analytics, analyst: Visitor) -> None:
    answer = ask(lab, analyst, "SELECT count(*) AS tickets, max(opened_at) AS last FROM ticket").json()
    assert answer["columns"] == [{"name": "tickets", "type": "BIGINT"}, {"name": "last", "type": "TIMESTAMP"}]
    assert answer["rows"][0][0] == 3
    assert answer["truncated"] is False


def test_values_that_json_cannot_hold_are_texts(lab: Analytics, analyst: Visitor) -> None:
    sql = "SELECT 2::BIGINT ** 62, 1.10::DECIMAL(9,2), 'nan'::DOUBLE, DATE '2026-11-30', '\\x01'::BLOB, [1, 2], NULL"
    assert ask(lab, analyst, sql.replace("2::BIGINT ** 62", "4611686018427387904")).json()["rows"] == [
        ["4611686018427387904", "1.10", "nan", "2026-11-30", "01", [1, 2], None]
    ]


def test_rows_above_the_limit_are_cut_off_and_that_is_told(lab: Analytics, analyst: Visitor) -> None:
    answer = ask(lab, analyst, "FROM range(100)", limit=7).json()
    assert (len(answer["rows"]), answer["truncated"]) == (7, True)


def test_parameters_are_values(lab: Analytics, analyst: Visitor) -> None:
    answer = ask(lab, analyst, "SELECT $word || '!' AS said", parameters={"word": "' OR 1=1 --"}).json()
    assert answer["rows"] == [["' OR 1=1 --!"]]


def test_arrow(lab: Analytics, analyst: Visitor) -> None:
    headers = {"Authorization": f"Bearer {analyst.token}", "Accept": "application/vnd.apache.arrow.stream"}
    answer = lab.post("/sql", json={"sql": "FROM range(200000)"}, headers=headers)
    table = pa.ipc.open_stream(io.BytesIO(answer.content)).read_all()
    assert table.num_rows == 200_000
    told = lab.get(f"/sql/{answer.headers['X-Lodge-Statement']}", headers={"Authorization": f"Bearer {analyst.token}"})
    assert (told.json()["state"], told.json()["rows"], told.json()["truncated"]) == ("done", 200_000, False)


@pytest.mark.parametrize(
    ("sql", "status", "error"),
    [
        ("SELEC 1", 422, "StatementWrong"),
        ("SELECT nothing FROM ticket", 422, "StatementWrong"),
        ("SELECT 1; SELECT 2", 403, "StatementNotAllowed"),
        ("CREATE TABLE x AS SELECT 1", 403, "StatementNotAllowed"),
        ("SET threads = 9", 403, "StatementNotAllowed"),
        ("FROM read_csv('/etc/passwd')", 403, "StatementNotAllowed"),
        ("SELECT repeat('x', 2000000000)", 422, "StatementTooExpensive"),
        ("SELECT " + "1, " * 20_000 + "1", 422, "StatementTooExpensive"),
        ("", 422, "InvalidInput"),
    ],
)
def test_what_is_refused(lab: Analytics, analyst: Visitor, sql: str, status: int, error: str) -> None:
    answer = ask(lab, analyst, sql)
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text


def test_moments_with_a_zone_are_utc(lab: Analytics, analyst: Visitor) -> None:
    sql = """SELECT '2026-07-01 12:00:00+02'::TIMESTAMPTZ AS moment, moment::TIMESTAMP AS plain,
        [moment] AS list, TIMESTAMP '2026-07-01 10:00:00' AT TIME ZONE 'Europe/Berlin' AS berlin"""
    answer = ask(lab, analyst, sql)
    moment = "2026-07-01T10:00:00+00:00"
    assert answer.json().get("rows") == [[moment, "2026-07-01T10:00:00", [moment], "2026-07-01T08:00:00+00:00"]], answer


def test_an_error_names_its_line(lab: Analytics, analyst: Visitor) -> None:
    assert ask(lab, analyst, "SELECT 1,\n  nothing\nFROM ticket").json()["line"] == 2


def test_an_error_says_that_a_column_is_not_copied(lab: Analytics, analyst: Visitor) -> None:
    for sql in ("SELECT room FROM tickets", "SELECT tickets.Title FROM tickets"):
        message, _, excerpt = ask(lab, analyst, sql).json()["detail"].partition("\n\nLINE 1:")
        assert "LODGE_WAREHOUSE_TEXT=on" in message  # which the page shows
        assert "SELECT" in excerpt
    assert "LODGE_WAREHOUSE_TEXT" not in ask(lab, analyst, "SELECT rooms FROM tickets").json()["detail"]


def test_only_those_who_may_run_sql(lab: Analytics, api: Api) -> None:
    assert ask(lab, api.enter("agent", "Ben"), "SELECT 1").status_code == 403
    assert lab.post("/sql", json={"sql": "SELECT 1"}).status_code == 401


def test_the_schema_says_what_each_column_holds(lab: Analytics, analyst: Visitor) -> None:
    tables = lab.get("/sql/schema", headers={"Authorization": f"Bearer {analyst.token}"}).json()["items"]
    ticket = next(table for table in tables if table["name"] == "ticket")
    assert ticket["rows"] == 3
    columns = {column["name"]: column["comment"] for column in ticket["columns"]}
    assert columns["opened_day"] == "The day of opening, in the campus's time"
    found = ask(lab, analyst, "FROM (DESCRIBE ticket) SELECT column_name").json()["rows"]
    assert [name for (name,) in found] == list(columns)
    view = next(table for table in tables if table["name"] == "tickets")
    assert (view["rows"], view["columns"][2]) == (
        3,
        {"name": "stage", "type": "VARCHAR", "comment": "The name of its column on the board"},
    )


def test_only_what_the_data_dictionary_lists_is_there(lab: Analytics, analyst: Visitor) -> None:
    held = ask(lab, analyst, "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE NOT internal")
    usual = Definition("UTC", with_text=False)
    listed = [["main", table.name, column.name] for table in ALL for column in usual.open_columns(table)]
    listed += [["main", view.name, column.name] for view in usual.views for column in usual.view_columns(view)]
    assert sorted(held.json()["rows"]) == sorted(listed)
    assert ask(lab, analyst, "FROM internal.state").status_code == 422


ENDLESS = "SELECT count(*) FROM range(10000000) a, range(10000000) b"


def test_a_cancelled_statement_ends(lab: Analytics, analyst: Visitor) -> None:
    own = {"Authorization": f"Bearer {analyst.token}"}
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(ask, lab, analyst, ENDLESS, id="cancel-me-please")
        wait_until(lambda: _state(lab, own, "cancel-me-please") == "running", "the statement runs", 30)
        assert lab.delete("/sql/cancel-me-please", headers=own).status_code == 204
        assert answer.result().json()["error"] == "StatementCancelled"
    assert _state(lab, own, "cancel-me-please") == "cancelled"
    wait_until(lambda: not statements_processes(), "its process is gone", 10)


def test_statements_wait_for_their_turn_and_say_so(lab: Analytics, analyst: Visitor) -> None:
    own = {"Authorization": f"Bearer {analyst.token}"}
    names = [f"waits-for-turn-{number}" for number in range(2 + len(os.sched_getaffinity(0)))]
    with ThreadPoolExecutor(len(names)) as pool:
        answers = [pool.submit(ask, lab, analyst, ENDLESS, id=name) for name in names]
        wait_until(
            lambda: sum(_state(lab, own, name) == "waiting" for name in names) == 3, "all but the first ones wait", 30
        )
        for name in names:
            lab.delete(f"/sql/{name}", headers=own)
        assert {answer.result().json()["error"] for answer in answers} == {"StatementCancelled"}
    assert ask(lab, analyst, "SELECT 1").json()["rows"] == [[1]]


def test_only_ones_own_statements_can_be_seen_and_cancelled(lab: Analytics, analyst: Visitor, api: Api) -> None:
    ask(lab, analyst, "SELECT 1", id="mine-alone")
    other = {"Authorization": f"Bearer {api.enter('analyst', 'Someone Else').token}"}
    assert lab.get("/sql/mine-alone", headers=other).status_code == 404
    assert lab.delete("/sql/mine-alone", headers=other).status_code == 404


def test_a_statement_sees_what_was_committed_before(lab: Analytics, analyst: Visitor, api: Api) -> None:
    api.enter("student", "Ana").report("The lift does not stop at the second floor.")
    wait_until(
        lambda: ask(lab, analyst, "SELECT count(*) FROM ticket").json()["rows"] == [[4]], "the report is seen", 30
    )


def test_the_lab_says_in_health_whether_it_is_on(lab: Analytics) -> None:
    assert lab.health()["sql_lab"] == "ok"


def _state(lab: Analytics, headers: dict[str, str], name: str) -> str | None:
    state: str | None = lab.get(f"/sql/{name}", headers=headers).json().get("state")
    return state
