"""Several processes serve one data API: nobody can tell which of them answers, and each is watched by itself."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import cycle
from pathlib import Path

import httpx
import psutil
import pytest

from contracts.people import Role
from data_api.access.rate_limits import PERSON_LIMITS, Limited
from lodge.home import Home
from lodge.processes import is_alive
from lodge.services import services
from lodge.workers import noted_service
from service_kit.desk_key import read_secret
from service_kit.metrics_files import metrics_folder
from service_kit.metrics_token import metrics_token_file
from service_kit.settings import Settings
from service_kit.visitors import MOST_LIVE_OF_ONE
from tests.lodge.command import lodge_program
from tests.lodge.desk_process import DeskProcess
from tests.lodge.waiting import wait_until
from tests.support.api import Api, Visitor
from tests.support.figures import figures_of
from tests.support.suggestions import suggested
from tests.support.teaching import ODD

COMMAND = ("-m", "tests.lodge.desk_of_services", "data API")
CLIENTS = 4
PATIENCE_SECONDS = 120.0


@pytest.fixture(scope="module")
def desk(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskProcess]:
    home: Path = tmp_path_factory.mktemp("workers") / "home"
    with DeskProcess(
        home, command=COMMAND, database_url=module_database_url, LODGE_WORKERS="2", LODGE_RATE_LIMITS="on"
    ) as process:
        process.wait_for("ready", PATIENCE_SECONDS)
        yield process


@pytest.fixture(scope="module")
def each(desk: DeskProcess, module_database_url: str) -> Iterator[list[Api]]:
    """Every worker by itself, at the address where only it answers."""
    with ExitStack() as opened:
        yield [opened.enter_context(Api(url, module_database_url)) for url in addresses(desk)]


def addresses(desk: DeskProcess) -> list[str]:
    service = next(service for service in services(Settings(_env_file=None)) if service.name == "data API")
    running = noted_service(Home(desk.home), service)
    assert running is not None
    return [url.removesuffix("/health") for url in running.health_urls]


def at_each(visitor: Visitor, each: list[Api]) -> list[Visitor]:
    """The same person with the same token, once at every worker."""
    session = {"token": visitor.token, "person": {"id": visitor.person_id, "name": visitor.name}}
    return [Visitor(api.url, httpx.HTTPTransport(verify=False), session) for api in each]


def process_of(desk: DeskProcess, number: int) -> psutil.Process:
    """Which worker a process is stands in its environment."""
    found = psutil.Process(desk.process.pid).children()
    return next(process for process in found if process.environ().get("LODGE_WORKER") == str(number))


def test_each_has_a_log_and_a_line_in_the_status(desk: DeskProcess) -> None:
    assert [line for line in desk.lines if line.startswith("data API")] == [
        f"data API       http://127.0.0.1:{desk.data_api_port} (2 workers)"
    ]
    logs = {path.name for path in (desk.home / "logs").glob("data-api*")}
    assert logs == {"data-api-1.log", "data-api-2.log"}
    shown = lodge_program("status", LODGE_HOME=str(desk.home), LODGE_DATA_API_PORT=str(desk.data_api_port)).stdout
    rows = [line.split() for line in shown.splitlines() if "data API" in line]
    assert [row[3:6] for row in rows] == [["1", "│", "ok"], ["2", "│", "ok"]]


def test_a_limit_is_one_for_all_workers(each: list[Api]) -> None:
    flooding, other = (each[0].enter(Role.STUDENT, name) for name in ("Flooding", "Other"))
    turns = cycle(at_each(flooding, each))
    reports = [
        next(turns).post("/tickets", json={"description": "Flood"}) for _ in range(PERSON_LIMITS[Limited.REPORT])
    ]
    assert {answer.status_code for answer in reports} == {201}
    for visitor in at_each(flooding, each):
        refused = visitor.post("/tickets", json={"description": "Flood"})
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert [visitor.report()["version"] for visitor in at_each(other, each)] == [1, 1]


def test_a_correction_counts_in_the_other_worker_at_its_next_request(each: list[Api]) -> None:
    there = each[1].enter(Role.STUDENT, "Jonas")
    suggested(there, ODD)
    ticket_id = each[0].enter(Role.STUDENT, "Mia").report(ODD)["id"]
    agent = each[0].enter(Role.AGENT, "Ada")
    for slug in ("services-complaints", "facility-management", "technical-it"):
        agent.edit(ticket_id, category=slug)
        assert suggested(there, ODD)["category"] == slug


class Reporters:
    """Clients that report through the port that the workers share, each with one connection as long as it lasts."""

    def __init__(self, visitors: list[Visitor]) -> None:
        self.acknowledged: list[str] = []
        self.lost: list[str] = []
        self._done = threading.Event()
        self._threads = [threading.Thread(target=self._report, args=(visitor,)) for visitor in visitors]

    def __enter__(self) -> "Reporters":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()

    def _report(self, visitor: Visitor) -> None:
        for number in range(PERSON_LIMITS[Limited.REPORT]):
            if self._done.is_set():
                return
            text = f"{visitor.name} {number}"
            try:
                visitor.report(text)
            except httpx.TransportError:
                self.lost.append(visitor.name)
            else:
                self.acknowledged.append(text)

    def wait_for_more(self, when: str) -> None:
        before = len(self.acknowledged)
        wait_until(lambda: len(self.acknowledged) > before, f"reports {when}", PATIENCE_SECONDS)


class Monitor:
    """What each worker tells of all of them."""

    def __init__(self, desk: DeskProcess, each: list[Api]) -> None:
        self._each = each
        self._token = read_secret(metrics_token_file(desk.home)) or ""

    def told(self, name: str, **labels: str) -> list[float]:
        return [figures_of(api, self._token)(name, **labels) for api in self._each]

    def asked(self) -> list[float]:
        return self.told("lodge_http_requests_total", route="/desk")


def test_streams_are_bounded_over_all_workers_and_a_killed_one_is_noticed_by_nobody_but_its_requests(
    desk: DeskProcess, each: list[Api]
) -> None:
    at_first, at_second = at_each(each[0].enter(Role.STUDENT, "Greedy"), each)
    shared = Api(f"http://127.0.0.1:{desk.data_api_port}", each[0].database_url)
    visitors = [shared.enter(Role.STUDENT, f"Reporter {number}") for number in range(CLIENTS)]
    other, before = process_of(desk, 2), len(desk.lines)
    monitor, files = Monitor(desk, each), sorted(metrics_folder(desk.home).iterdir())
    for api in each * 3:
        api.get("/desk")
    assert monitor.asked() == [6, 6]
    with ExitStack() as opened:
        for visitor in (at_first, at_second) * (MOST_LIVE_OF_ONE // 2):
            assert opened.enter_context(visitor.stream("GET", "/events")).status_code == 200
        assert [visitor.get("/events").status_code for visitor in (at_first, at_second)] == [429, 429]
        # Each worker notes its streams every few seconds.
        streams = [MOST_LIVE_OF_ONE] * 2
        wait_until(lambda: monitor.told("lodge_live_streams") == streams, "all streams are told", PATIENCE_SECONDS)
        with closing(shared), Reporters(visitors) as reporters:
            reporters.wait_for_more("before a worker is killed")
            process_of(desk, 1).kill()
            reporters.wait_for_more("after it was killed")
        desk.wait_for("data API 1 is back", PATIENCE_SECONDS, after=before)
        assert desk.lines[before:] == ["data API 1 was ended by SIGKILL; starting it again", "data API 1 is back"]
        assert process_of(desk, 2) == other
        assert monitor.told("lodge_live_streams") == [MOST_LIVE_OF_ONE // 2] * 2
        for _ in range(MOST_LIVE_OF_ONE // 2):
            assert opened.enter_context(at_second.stream("GET", "/events")).status_code == 200
        assert at_first.get("/events").status_code == 429
    assert monitor.asked() == [6, 6]
    each[0].get("/desk")
    assert monitor.asked() == [7, 7]
    assert monitor.told("lodge_process_restarts_total", process="data-api-1") == [1, 1]
    assert sorted(metrics_folder(desk.home).iterdir()) == files
    assert len(reporters.lost) == len(set(reporters.lost)), "each lost the one request that it had at it, or none"
    kept = {
        text for (text,) in each[0].sql("SELECT description FROM ticket WHERE starts_with(description, 'Reporter')")
    }
    assert set(reporters.acknowledged) <= kept


def test_ctrl_c_ends_all_of_them(desk: DeskProcess) -> None:
    family = desk.family()
    desk.interrupt()
    assert desk.wait() == 0
    assert [process for process in family if is_alive(process)] == []
