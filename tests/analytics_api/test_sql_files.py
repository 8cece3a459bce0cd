"""Files with the whole result of a query: from the statement's confined process to the one person who asked."""

import asyncio
import io
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any, NoReturn

import httpx
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Scope

from analytics_api.sql import files
from analytics_api.sql.file_endpoints import _FileStream
from contracts.sql_files import FileFormat, SqlFileRead
from service_kit.disk import Disk
from tests.analytics_api.statements import statements_processes
from tests.lodge.waiting import wait_until
from tests.support.analytics import Analytics
from tests.support.api import Api, Visitor

MANY = "SELECT i, '=' || i AS word, TIMESTAMP '2026-11-30' AS moment, [i] AS list FROM range(20000) AS numbers(i)"

SCOPE: Scope = {"type": "http", "asgi": {"spec_version": "2.4"}}


@pytest.fixture(scope="module")
def lab(analytics: Analytics, analyst: Visitor, api: Api) -> Analytics:
    api.enter("student", "Maja Novak").report("The projector shows no picture.")
    analytics.ask(analyst, "active-by-category")
    return analytics


def headers(visitor: Visitor) -> dict[str, str]:
    return {"Authorization": f"Bearer {visitor.token}"}


def write(lab: Analytics, visitor: Visitor, sql: str, format_: str, **beside: Any) -> httpx.Response:
    return lab.post("/sql/files", json={"sql": sql, "format": format_, **beside}, headers=headers(visitor))


def fetch(lab: Analytics, visitor: Visitor, sql: str, format_: str) -> bytes:
    told = write(lab, visitor, sql, format_).json()
    answer = lab.get(f"/sql/files/{told['id']}", headers=headers(visitor))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{told["name"]}"'
    assert told["name"].endswith(f".{format_}")
    assert (told["rows"], told["truncated"], told["size"]) == (20_000, False, len(answer.content))
    return answer.content


def test_every_format(lab: Analytics, analyst: Visitor) -> None:
    """Written where no file can be opened."""
    last = fetch(lab, analyst, MANY, "csv").decode("utf-8-sig").splitlines()[-1]
    assert last == '19999,"\'=19999",2026-11-30 00:00:00.000000,"[19999]"'
    book = openpyxl.load_workbook(io.BytesIO(fetch(lab, analyst, MANY, "xlsx")), read_only=True)
    assert list(book.worksheets[0].values)[-1][:2] == (19_999, "=19999")
    assert ("Statement", MANY) in list(book.worksheets[1].values)
    assert len(pd.read_parquet(io.BytesIO(fetch(lab, analyst, MANY, "parquet")))) == 20_000
    assert pa.ipc.open_file(fetch(lab, analyst, MANY, "arrow")).read_all().num_rows == 20_000
    wait_until(lambda: not statements_processes(), "the processes are gone", 10)


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "value",
    ["repeat('é', 40000)", "[now()]", "{'a': DATE '20000-01-01'}", "MAP {1: [TIMESTAMP 'infinity']}", "now()",
     "[TIMESTAMP_NS '2026-11-30 00:00:00.123456789']", "[INTERVAL 1 month]", "[DATE '2026-11-30']::DATE[1]"],
)  # fmt: skip
def test_a_confined_process_has_all_that_it_needs(lab: Analytics, analyst: Visitor, value: str, format_: str) -> None:
    told = write(lab, analyst, f"SELECT {value} AS value", format_)
    assert told.status_code == 201, told.text


def test_parameters_and_a_limit(lab: Analytics, analyst: Visitor) -> None:
    told = write(
        lab, analyst, "SELECT $x FROM range(9)", "csv", parameters={"x": "a"}, limit=3, id="chosen-name"
    ).json()
    assert (told["id"], told["rows"], told["truncated"]) == ("chosen-name", 3, True)
    assert lab.get("/sql/chosen-name", headers=headers(analyst)).json()["rows"] == 3
    assert lab.get("/sql/files/chosen-name", headers=headers(analyst)).text.count("a") == 3


@pytest.mark.parametrize(
    ("sql", "format_", "status", "error"),
    [
        ("SELEC 1", "csv", 422, "StatementWrong"),
        ("COPY ticket TO 'x.csv'", "csv", 403, "StatementNotAllowed"),
        ("SELECT repeat('x', 2000000000)", "xlsx", 422, "StatementTooExpensive"),
        ("SELECT 1", "ods", 422, "InvalidInput"),
    ],
)
def test_what_is_refused(lab: Analytics, analyst: Visitor, sql: str, format_: str, status: int, error: str) -> None:
    answer = write(lab, analyst, sql, format_)
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text


def test_a_file_is_for_whoever_asked(lab: Analytics, analyst: Visitor, api: Api) -> None:
    id_ = write(lab, analyst, "SELECT 1", "csv").json()["id"]
    other = api.enter("analyst", "Someone Else")
    assert lab.get(f"/sql/files/{id_}", headers=headers(other)).json()["error"] == "UnknownFile"
    assert lab.get(f"/sql/files/{id_}", headers=headers(api.enter("agent", "Ben"))).status_code == 403
    assert lab.get(f"/sql/files/{id_}").status_code == 401
    assert write(lab, api.enter("agent", "Ben"), "SELECT 1", "csv").status_code == 403
    write(lab, other, "SELECT 1", "csv")
    assert lab.get(f"/sql/files/{id_}", headers=headers(analyst)).is_success
    write(lab, analyst, "SELECT 2", "csv")
    assert lab.get(f"/sql/files/{id_}", headers=headers(analyst)).status_code == 404, "the next one replaces it"


def test_a_slow_fetch_keeps_no_room_for_many_files(lab: Analytics, analyst: Visitor) -> None:
    """A file that is deleted while somebody fetches it keeps its room until then."""
    with ExitStack() as fetches:
        for _ in range(files.MOST_FETCHES_OF_ONE):
            id_ = write(lab, analyst, "SELECT repeat('x', 1000000) FROM range(32)", "csv").json()["id"]
            fetches.enter_context(lab.stream("GET", f"/sql/files/{id_}", headers=headers(analyst)))
        id_ = write(lab, analyst, "SELECT 1", "csv").json()["id"]
        refused = lab.get(f"/sql/files/{id_}", headers=headers(analyst))
        assert (refused.status_code, refused.json()["error"]) == (429, "LabBusy")
    wait_until(lambda: lab.get(f"/sql/files/{id_}", headers=headers(analyst)).is_success, "those have ended", 20)


def test_a_file_is_closed_also_when_nobody_begins_to_read_it() -> None:
    read = SqlFileRead(
        id="left", name="left", format=FileFormat.CSV, size=1, rows=1, truncated=False, shortened=0, elapsed_ms=1,
        as_of=datetime.now(UTC),
    )  # fmt: skip
    closed: list[bool] = []
    stack = ExitStack()
    stack.callback(closed.append, True)

    async def gone(*_: object) -> NoReturn:
        raise ConnectionError

    with pytest.raises(ClientDisconnect):
        asyncio.run(_FileStream(read, iter([b"x"]), stack)(SCOPE, gone, gone))
    assert closed


def test_a_file_is_kept_for_a_time(lab: Analytics, analyst: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "KEPT_SECONDS", 0.0)
    id_ = write(lab, analyst, "SELECT 1", "csv").json()["id"]
    wait_until(lambda: lab.get(f"/sql/files/{id_}", headers=headers(analyst)).status_code == 404, "it is deleted", 10)


def test_without_room_on_the_disk_none_is_written(
    lab: Analytics, analyst: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Disk, "has_room", False)
    answer = write(lab, analyst, "SELECT 1", "csv")
    assert (answer.status_code, answer.json()["error"]) == (507, "DiskFull")
