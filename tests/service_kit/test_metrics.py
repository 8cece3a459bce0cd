"""Requests are counted under few labels, and several processes count together, whatever becomes of each."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import APIRouter
from prometheus_client import Gauge, values
from starlette.testclient import TestClient

from service_kit.application import create_application
from service_kit.metrics import METHODS, Metrics
from service_kit.metrics_files import (
    COUNTS,
    FILE_BYTES,
    GAUGES,
    clear_metrics,
    count_together,
    make_metrics_files,
    metrics_folder,
)
from tests.support.figures import Figures, figures_of, make_metrics_token
from tests.support.serving import keep_logs_short, settings_of

router = APIRouter()


@router.get("/things/{number}")
def _thing(number: int) -> int:
    return 10 // number


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    keep_logs_short()
    make_metrics_token(tmp_path)
    settings = settings_of(LODGE_HOME=str(tmp_path), LODGE_ALLOWED_HOSTS="testserver")
    return TestClient(create_application(settings, title="Toy", description="", routers=[router], metrics=Metrics()))


def test_a_request_is_counted_under_its_route_and_never_under_its_path(client: TestClient) -> None:
    for path in ("/things/1", "/things/2", "/things/0", "/things/x", "/elsewhere/1", "/elsewhere/2"):
        client.get(path)
    client.post("/things/1")
    client.request("BREW", "/things/1")
    counted = figures_of(client)

    def of(route: str, status: int, method: str = "GET") -> float:
        return counted("lodge_http_requests_total", route=route, status=str(status), method=method)

    route = "/things/{number}"
    assert [of(route, status) for status in (200, 500, 422)] == [2, 1, 1]
    assert (of(route, 405, "POST"), of(route, 405, "other"), of("none", 404)) == (1, 1, 2)
    assert counted.labels("lodge_http_requests_total", "route") == {route, "none"}
    assert counted.labels("lodge_http_requests_total", "method") <= METHODS | {"other"}
    assert counted("lodge_http_request_duration_seconds_count", route=route, method="GET") == 4


@pytest.mark.parametrize("token", [None, "", "Bearer", "Bearer wrong", "Basic the-token-of-this-monitor"])
def test_nobody_reads_the_figures_without_the_token(client: TestClient, token: str | None) -> None:
    answer = client.get("/metrics", headers={"Authorization": token} if token is not None else {})
    assert (answer.status_code, answer.json()["error"]) == (401, "NotSignedIn")


def test_a_desk_without_a_token_shows_its_figures_to_nobody(client: TestClient, tmp_path: Path) -> None:
    for path in (tmp_path / "secrets").iterdir():
        path.write_text("")
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 401


class Worker:
    """What one process does, from its start on."""

    def __init__(self, home: Path, number: int) -> None:
        make_metrics_files(home, number)
        count_together(home, number)
        self.metrics = Metrics(metrics_folder(home))
        self.streams = Gauge("streams", "Open.", multiprocess_mode="livesum", registry=self.metrics.registry)

    def work(self, requests: int, streams: int) -> None:
        for _ in range(requests):
            self.metrics.count_request("GET", "/desk", 200, 0.02)
        self.streams.set(streams)

    def told(self) -> tuple[float, float, float]:
        """Requests, measured requests and streams."""
        told = Figures(self.metrics.exposition().decode())
        names = ("lodge_http_requests_total", "lodge_http_request_duration_seconds_count", "streams")
        requests, measured, streams = map(told, names)
        return requests, measured, streams


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Worker]:
    """Starts a worker; the same number again is the process that follows it."""
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")
    (tmp_path / "run").mkdir()
    clear_metrics(tmp_path)
    return lambda number: Worker(tmp_path, number)


def test_workers_count_together_and_one_that_is_started_again_goes_on(
    start: Callable[[int], Worker], tmp_path: Path
) -> None:
    first, second = start(1), start(2)
    # A worker's values are its own only while it is the latest to start in this process.
    second.work(requests=3, streams=2)
    first = start(1)
    first.work(requests=4, streams=1)
    assert first.told() == second.told() == (7, 7, 3)
    for _ in range(3):
        assert start(1).told() == (7, 7, 2), "what a process held open ends with it"
    again = start(1)
    again.work(requests=1, streams=5)
    assert again.told() == second.told() == (8, 8, 7)
    files = {file.name: file.stat() for file in metrics_folder(tmp_path).iterdir()}
    assert set(files) == {f"{kind}_{number}.db" for kind in (*COUNTS, *GAUGES) for number in (1, 2)}
    for file in files.values():
        assert file.st_size == FILE_BYTES
        assert file.st_blocks * 512 >= FILE_BYTES, "a worker that writes to a page without room is killed"


def test_the_next_desk_begins_at_nothing(start: Callable[[int], Worker], tmp_path: Path) -> None:
    start(1).work(requests=2, streams=2)
    clear_metrics(tmp_path)
    assert start(2).told() == (0, 0, 0)


def test_a_worker_without_files_counts_for_itself_and_still_tells_of_the_others(
    start: Callable[[int], Worker], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a full disk, where writing to a file without room would kill the process."""
    start(1).work(requests=2, streams=2)
    monkeypatch.setattr(values, "ValueClass", values.MutexValue)
    count_together(tmp_path, 2)
    metrics = Metrics(metrics_folder(tmp_path))
    metrics.count_request("GET", "/desk", 200, 0.02)
    assert Figures(metrics.exposition().decode())("lodge_http_requests_total") == 2
    assert list(metrics_folder(tmp_path).glob("*_2.db")) == []
