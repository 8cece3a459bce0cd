"""`lodge check` beside services that hang, and analyses that cannot run."""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from contracts.analyses import CheckRead
from lodge import check, probe
from lodge.home import Home
from tests.lodge.command import lodge
from tests.lodge.desk_process import free_port
from tests.support.analytics import KillableAnalytics, killable_analytics, running_analytics
from tests.support.broken_analyses import UNAVAILABLE, write_broken_analyses

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hanging ones are noticed sooner than by the product, and a healthy one still has time on a busy machine."""
    monkeypatch.setattr(check, "WATCH_EVERY_SECONDS", 0.05)


def ports(analytics_url: str, **more: str) -> dict[str, str]:
    """A desk whose analytics API is there; nothing listens on its other ports."""
    port = str(urlsplit(analytics_url).port)
    return {
        "LODGE_ANALYTICS_API_PORT": port,
        "LODGE_DATA_API_PORT": str(free_port()),
        "LODGE_UI_PORT": str(free_port()),
        **more,
    }


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The port of something that lets connections in and never answers, as a suspended process does."""
    monkeypatch.setattr(probe, "HANGS_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield str(listener.getsockname()[1])


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
    settings = ports(running.url, LODGE_HOME=str(running.home))
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
    result = lodge("check", **ports(running.url, LODGE_HOME=str(running.home)))
    assert result.exit_code == 1
    assert "The analytics API hangs" in result.output


@pytest.mark.parametrize(("setting", "name"), [("LODGE_DATA_API_PORT", "data API"), ("LODGE_UI_PORT", "UI")])
def test_any_other_service_that_hangs_is_named(hanging: str, tmp_path: Path, setting: str, name: str) -> None:
    result = lodge(
        "check", **ports(f"http://127.0.0.1:{free_port()}") | {"LODGE_HOME": str(tmp_path), setting: hanging}
    )
    assert result.exit_code == 1
    assert f"The {name} hangs: it accepts connections and does not answer." in result.output


def test_one_that_is_not_there_does_not_hang(tmp_path: Path) -> None:
    result = lodge("check", **ports(f"http://127.0.0.1:{free_port()}", LODGE_HOME=str(tmp_path)))
    assert result.exit_code == 1
    assert "does not answer. Start the desk with `lodge up`." in result.output
    assert "hangs" not in result.output


def test_it_names_analyses_that_cannot_run(database_url: str, tmp_path: Path) -> None:
    """The replica is the database all the same."""
    folder = tmp_path / "analyses"
    folder.mkdir()
    write_broken_analyses(folder)
    with running_analytics(database_url, NOWHERE, tmp_path, analyses=folder) as analytics:
        result = lodge("check", **ports(analytics.url, LODGE_HOME=str(tmp_path)))
    assert result.exit_code == 0
    assert "The replica is the database" in result.output
    for slug, reason in UNAVAILABLE.items():
        assert f"The analysis {slug} cannot run: {reason}" in result.output
