"""The replica as a file: what is in it, who gets it, and how `lodge snapshot` writes it."""

import asyncio
import io
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import psycopg
import pytest

from analytics_api.take_home import endpoints
from lodge.errors import LodgeError
from lodge.snapshot import snapshot
from service_kit.database_url import libpq_url
from service_kit.settings import Settings
from tests.lodge.waiting import wait_until
from tests.support.analytics import Analytics
from tests.support.api import Api, Visitor
from tests.support.serving import settings_of
from tests.support.started import as_started
from tests.warehouse.following import Following
from tests.warehouse.rows import fill
from warehouse.tables import ALL, Definition
from warehouse.take_home import TakenHome

USUAL = Definition("UTC", with_text=False)


@pytest.fixture(scope="module")
def filled(
    analytics: Analytics, analyst: Visitor, module_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Analytics:
    desk = Following(module_database_url, tmp_path_factory.mktemp("not-followed"))
    fill(desk)
    desk.leave_postgres()
    desk.replica.close()
    return analytics


@pytest.fixture(scope="module")
def settings(filled: Analytics) -> Iterator[Settings]:
    with as_started(filled.home, {"analytics API": filled.url}) as desk:
        yield settings_of(**desk)


@pytest.fixture
def opened(settings: Settings, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A file that `lodge snapshot` wrote, by another DuckDB."""
    file = tmp_path / "lodge.duckdb"
    snapshot(settings, file)
    assert file.stat().st_mode & 0o777 == 0o600
    with duckdb.connect(file, read_only=True) as database:
        yield database


def test_it_equals_the_database_and_holds_what_is_listed(
    opened: duckdb.DuckDBPyConnection, module_database_url: str
) -> None:
    with psycopg.connect(libpq_url(module_database_url)) as postgres:
        for table in ALL:
            open_columns = ", ".join(column.name for column in USUAL.open_columns(table))
            copied = f"SELECT {USUAL.selection(table)} FROM {table.name}"
            query = f"SELECT {open_columns} FROM ({copied}) AS copied ORDER BY id"
            rows = postgres.execute(query.encode()).fetchall()
            assert opened.execute(f"FROM {table.name} ORDER BY id").fetchall() == rows, table.name
            assert rows, table.name
    held = opened.execute("SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE NOT internal")
    listed = {("main", table.name, column.name) for table in ALL for column in USUAL.open_columns(table)}
    listed |= {("main", view.name, column.name) for view in USUAL.views for column in USUAL.view_columns(view)}
    assert set(held.fetchall()) == listed


def as_values(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in frame.astype(object).where(frame.notna(), None).to_numpy().tolist()]


def test_pandas_reads_the_same_from_parquet(
    opened: duckdb.DuckDBPyConnection, settings: Settings, tmp_path: Path
) -> None:
    snapshot(settings, tmp_path / "lodge.zip")
    with zipfile.ZipFile(tmp_path / "lodge.zip") as archive:
        assert archive.namelist() == [f"{table.name}.parquet" for table in ALL]
        for table in ALL:
            content = io.BytesIO(archive.read(f"{table.name}.parquet"))
            read = pd.read_parquet(content, dtype_backend="pyarrow")
            assert list(read) == [column.name for column in USUAL.open_columns(table)]
            assert as_values(read) == opened.execute(f"FROM {table.name}").fetchall(), table.name


def test_it_says_of_which_moment_it_is_and_what_it_is(filled: Analytics, analyst: Visitor) -> None:
    answer = filled.get("/snapshot", headers={"Authorization": f"Bearer {analyst.token}"})
    assert answer.headers["Content-Type"] == "application/vnd.duckdb"
    as_of = pd.Timestamp(answer.headers["X-Lodge-As-Of"])
    assert abs((pd.Timestamp.now("UTC") - as_of).total_seconds()) < 60
    assert f"lodge-{as_of:%Y-%m-%dT%H-%M-%SZ}.duckdb" in answer.headers["Content-Disposition"]
    folder = filled.home / "warehouse"
    wait_until(lambda: not list(folder.glob("temporary-taken-home*")), "the file is deleted when it is sent", 10)


def test_who_reads_too_slowly_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "lodge.zip"
    file.write_bytes(b"x" * 1_000)
    monkeypatch.setattr(endpoints, "LEAST_SECONDS", 0.01)
    monkeypatch.setattr(endpoints, "SLOWEST_BYTES", 1_000_000)
    ended: list[str] = []

    async def never(*_: object) -> Any:
        await asyncio.Event().wait()

    with ExitStack() as held:
        held.callback(ended.append, file.name)
        response = endpoints._UntilSent(
            TakenHome(file, datetime(2026, 11, 30, tzinfo=UTC)), held.pop_all(), endpoints.ZIP
        )
    scope = {"type": "http", "method": "GET", "headers": []}
    asyncio.run(response(scope, never, never))
    assert ended == ["lodge.zip"], "what holds the file is let go"
    assert "a snapshot was not taken in time" in capsys.readouterr().out


def test_who_gets_it(filled: Analytics, api: Api, analyst: Visitor) -> None:
    def status(token: str, form: str = "duckdb") -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return filled.get("/snapshot", params={"format": form}, headers=headers).status_code

    assert status(analyst.token, "csv") == 422
    assert status(api.enter("agent", "Ben").token) == 403
    assert status("unknown") == 401
    assert filled.get("/snapshot").status_code == 401


def test_the_command_replaces_nothing_and_leaves_no_half_file(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "mine.duckdb"
    file.write_text("mine")
    with pytest.raises(LodgeError, match="exists already"):
        snapshot(settings, file)
    assert file.read_text() == "mine"
    with pytest.raises(LodgeError, match="must end in"):
        snapshot(settings, tmp_path / "lodge.csv")
    away = settings.model_copy(update={"home": tmp_path / "away"})
    with pytest.raises(LodgeError, match="is not running"):
        snapshot(away, tmp_path / "away.duckdb")
    assert [left.name for left in tmp_path.iterdir()] == ["mine.duckdb"]
