"""`lodge check` beside services that hang, and analyses that cannot run."""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from fastapi import FastAPI, Request, Response
from starlette.middleware.base import RequestResponseEndpoint

from contracts.analyses import CheckRead
from lodge import check, probe
from lodge.home import Home
from tests.lodge.command import lodge
from tests.lodge.desk_process import free_port
from tests.support.analytics import KillableAnalytics, killable_analytics, running_analytics
from tests.support.broken_analyses import UNAVAILABLE, write_broken_analyses
from tests.support.serving import served
from tests.support.started import as_started

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hanging ones are noticed sooner than by the product, and a healthy one still has time on a busy machine."""
    monkeypatch.setattr(check, "WATCH_EVERY_SECONDS", 0.05)


ANALYTICS = "analytics API"


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of something that lets connections in and never answers, as a suspended process does."""
    monkeypatch.setattr(probe, "HANGS_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture(scope="module")
def running(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KillableAnalytics]:
    with killable_analytics(module_database_url, NOWHERE, tmp_path_factory.mktemp("home")) as analytics:
        yield analytics


@pytest.fixture
def process(running: KillableAnalytics) -> Iterator[psutil.Process]:
    """The analytics API's, which a test may suspend."""
    found = psutil.Process(running.process.pid)
    yield found
    found.resume()


def test_a_suspended_analytics_api_hangs(
    running: KillableAnalytics, process: psutil.Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    with as_started(running.home, {ANALYTICS: running.url}, process.pid) as settings:
        assert lodge("check", **settings).exit_code == 0
        monkeypatch.setattr(probe, "HANGS_SECONDS", 0.5)
        process.suspend()
        result = lodge("check", **settings)
    assert result.exit_code == 1
    assert "lodge: The analytics API hangs: it accepts connections and does not answer." in result.output


def test_one_that_begins_to_hang_while_it_compares(
    running: KillableAnalytics, process: psutil.Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare = check._compare

    async def begin_to_hang(home: Home, address: str) -> CheckRead:
        process.suspend()
        monkeypatch.setattr(probe, "HANGS_SECONDS", 0.5)
        return await compare(home, address)

    monkeypatch.setattr(check, "_compare", begin_to_hang)
    with as_started(running.home, {ANALYTICS: running.url}, process.pid) as settings:
        result = lodge("check", **settings)
    assert result.exit_code == 1
    assert "The analytics API hangs" in result.output


@pytest.mark.parametrize("name", ["data API", "UI"])
def test_any_other_service_that_hangs_is_named(hanging: str, tmp_path: Path, name: str) -> None:
    with as_started(tmp_path / "home", {name: hanging}) as settings:
        result = lodge("check", **settings)
    assert result.exit_code == 1
    assert f"The {name} hangs: it accepts connections and does not answer." in result.output


def test_one_that_is_not_there_does_not_hang(tmp_path: Path) -> None:
    with as_started(tmp_path / "home", {ANALYTICS: f"http://127.0.0.1:{free_port()}"}) as settings:
        result = lodge("check", **settings)
    assert result.exit_code == 1
    assert "does not answer. Start the desk with `lodge up`." in result.output
    assert "hangs" not in result.output


@pytest.mark.parametrize("arguments", [["check"], ["snapshot", "lodge.duckdb"]], ids=["check", "snapshot"])
def test_the_desks_key_goes_to_nobody_else(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the desk does not run, anybody on the machine may listen on its port."""
    asked: list[str | None] = []
    stranger = FastAPI()

    @stranger.middleware("http")
    async def note(request: Request, call_next: RequestResponseEndpoint) -> Response:
        asked.append(request.headers.get("authorization"))
        return await call_next(request)

    monkeypatch.chdir(tmp_path)
    make_desk_secrets_of(tmp_path / "home")
    with served(stranger) as url:
        port = str(urlsplit(url).port)
        result = lodge(*arguments, LODGE_HOME=str(tmp_path / "home"), LODGE_ANALYTICS_API_PORT=port)
    assert result.exit_code == 1
    assert "The analytics API of this desk is not running." in result.output
    assert asked == []


def make_desk_secrets_of(home_path: Path) -> None:
    home = Home(home_path)
    home.make()
    check.make_desk_secrets(home)


def test_it_names_analyses_that_cannot_run(database_url: str, tmp_path: Path) -> None:
    """The replica is the database all the same."""
    folder = tmp_path / "analyses"
    folder.mkdir()
    write_broken_analyses(folder)
    with (
        running_analytics(database_url, NOWHERE, tmp_path, analyses=folder) as analytics,
        as_started(tmp_path, {ANALYTICS: analytics.url}) as settings,
    ):
        result = lodge("check", **settings)
    assert result.exit_code == 0
    assert "The replica is the database" in result.output
    for slug, reason in UNAVAILABLE.items():
        assert f"The analysis {slug} cannot run: {reason}" in result.output
