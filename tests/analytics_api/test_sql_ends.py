"""How statements end: with their client, with the process that forks them, with the service. Nothing stays."""

import asyncio
import os
import select
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from analytics_api.sql.service import SqlService
from contracts.sql import SqlAsk, SqlState
from tests.analytics_api.statements import statements_processes, warm_processes
from tests.lodge.waiting import wait_until
from tests.support.analytics import Analytics, killable_analytics
from tests.support.api import Api, Visitor
from tests.support.serving import settings_of
from warehouse.errors import NoReplica
from warehouse.lab import runner
from warehouse.replica import Replica
from warehouse.tables import Definition

ENDLESS = "SELECT count(*) FROM range(10000000) a, range(10000000) b"
MANY_ROWS = "FROM range(100000000)"
ARROW = "application/vnd.apache.arrow.stream"


@pytest.fixture(scope="module")
def lab(analytics: Analytics, analyst: Visitor) -> Analytics:
    analytics.ask(analyst, "active-by-category")
    return analytics


@pytest.fixture
def own(analyst: Visitor) -> dict[str, str]:
    return {"Authorization": f"Bearer {analyst.token}"}


def ask(lab: httpx.Client, own: dict[str, str], sql: str, **beside: Any) -> httpx.Response:
    return lab.post("/sql", json={"sql": sql, **beside}, headers=own, timeout=20)


def told(lab: Analytics, own: dict[str, str], name: str) -> tuple[str, str | None]:
    """Its state, and why."""
    read = lab.get(f"/sql/{name}", headers=own).json()
    return read.get("state"), read.get("detail")


def assert_all_is_well(lab: Analytics, own: dict[str, str]) -> None:
    assert ask(lab, own, "SELECT 1").json()["rows"] == [[1]]
    wait_until(lambda: not statements_processes(), "no statement's process is left", 20)


def replace_warm() -> None:
    (warm,) = warm_processes()
    os.kill(warm, signal.SIGKILL)
    wait_until(lambda: len(set(warm_processes()) - {warm}) == 1, "another warm process is there", 20)


@contextmanager
def other_warm(lab: Analytics, own: dict[str, str], monkeypatch: pytest.MonkeyPatch, code: str) -> Iterator[None]:
    """Has statements forked from a process that runs this code before `main`."""
    lines = f"import warehouse.lab.processes as processes, os\n{code}\nprocesses.main()"
    with monkeypatch.context() as patch:
        patch.setattr(runner, "COMMAND", (sys.executable, "-c", lines))
        assert_all_is_well(lab, own)
        replace_warm()
        yield
    replace_warm()


def test_a_warm_process_that_ends_is_replaced_at_once(lab: Analytics, own: dict[str, str]) -> None:
    assert_all_is_well(lab, own)
    replace_warm()
    assert_all_is_well(lab, own)


def test_a_statement_is_lost_with_the_warm_process(lab: Analytics, own: dict[str, str]) -> None:
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(ask, lab, own, ENDLESS, id="lost-with-it")
        wait_until(lambda: len(statements_processes()) == 1, "it runs", 30)
        replace_warm()
        assert (answer.result().status_code, answer.result().json()["error"]) == (503, "StatementLost"), (
            answer.result().text
        )
    assert told(lab, own, "lost-with-it") == ("failed", answer.result().json()["detail"])
    assert_all_is_well(lab, own)


DIES_ONCE = """
start = processes.Processes._start
def start_later(self, order, descriptors):
    if os.path.exists({mark!r}):
        os.unlink({mark!r})
        os._exit(1)
    start(self, order, descriptors)
processes.Processes._start = start_later
"""


def test_a_statement_of_which_nothing_ran_is_tried_again(
    lab: Analytics, own: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "dies"
    with other_warm(lab, own, monkeypatch, DIES_ONCE.format(mark=str(mark))):
        mark.touch()
        assert_all_is_well(lab, own)
        assert not mark.exists()


CANNOT_CONFINE = """
import warehouse.lab.statement as statement
def refuse(bounds):
    raise statement.CannotConfine("the kernel has changed its mind")
statement.confine = refuse
"""


def test_a_statement_that_cannot_be_confined_does_not_run(
    lab: Analytics, own: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with other_warm(lab, own, monkeypatch, CANNOT_CONFINE):
        answer = ask(lab, own, "SELECT 1", id="not-confined")
    assert (answer.status_code, answer.json()["error"]) == (503, "LabOff")
    assert told(lab, own, "not-confined") == ("failed", "The SQL lab is off: the kernel has changed its mind")
    assert_all_is_well(lab, own)


def test_a_statement_without_a_replica_has_failed(tmp_path: Path) -> None:
    async def run() -> SqlState:
        settings = settings_of(LODGE_HOME=str(tmp_path))
        service = SqlService(settings, Replica(tmp_path), Definition("UTC", with_text=False))
        await service.open()
        with pytest.raises(NoReplica):
            async with service.run(SqlAsk(sql="SELECT 1", id="has-no-replica"), 1, as_arrow=False):
                pass
        service.close()
        return service.read("has-no-replica", 1).state

    assert asyncio.run(run()) is SqlState.FAILED


def test_a_cancelled_statement_is_gone_before_it_is_answered(lab: Analytics, own: dict[str, str]) -> None:
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(ask, lab, own, ENDLESS, id="watched-from-outside")
        wait_until(lambda: len(statements_processes()) == 1, "it runs", 30)
        handle = os.pidfd_open(statements_processes()[0])
        lab.delete("/sql/watched-from-outside", headers=own)
        assert answer.result().json()["error"] == "StatementCancelled"
    assert select.select([handle], [], [], 0)[0], "its process has ended"
    os.close(handle)


def leave(lab: Analytics, own: dict[str, str], sql: str, name: str) -> None:
    """Waits until the statement runs, and then closes the connection."""
    with connected(lab) as client:
        send(client, lab, own, sql, name)
        wait_until(lambda: told(lab, own, name)[0] == "running" and bool(statements_processes()), "it runs", 30)


def leave_in_the_middle(lab: Analytics, own: dict[str, str], sql: str, name: str) -> None:
    """Closes the connection after the first rows."""
    with lab.stream("POST", "/sql", json={"sql": sql, "id": name}, headers=own | {"Accept": ARROW}) as answer:
        next(answer.iter_raw())


@pytest.mark.parametrize(("leaving", "sql"), [(leave, ENDLESS), (leave_in_the_middle, MANY_ROWS)])
def test_a_client_that_leaves_is_no_error(
    lab: Analytics,
    own: dict[str, str],
    leaving: Callable[[Analytics, dict[str, str], str, str], None],
    sql: str,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pipes = _pipes()
    name = f"client-will-{leaving.__name__}".replace("_", "-")
    leaving(lab, own, sql, name)
    wait_until(lambda: told(lab, own, name)[0] == "cancelled", "it ends", 20)
    assert_all_is_well(lab, own)
    assert (caplog.text, capsys.readouterr().out) == ("", "")
    wait_until(lambda: _pipes() == pipes, "nothing of its answer is kept", 10)


def test_clients_that_leave_at_once_leave_nothing(lab: Analytics, own: dict[str, str]) -> None:
    pipes = _pipes()
    for number in range(30):
        with connected(lab) as client:
            as_arrow = own | {"Accept": ARROW}
            send(client, lab, own if number % 2 else as_arrow, (ENDLESS, MANY_ROWS)[number % 3 % 2], f"leaves-{number}")
    assert_all_is_well(lab, own)
    wait_until(lambda: _pipes() == pipes, "no pipe is left open", 10)


def connected(lab: Analytics) -> socket.socket:
    url = httpx.URL(lab.url)
    return socket.create_connection((url.host, url.port or 80))


def send(client: socket.socket, lab: Analytics, own: dict[str, str], sql: str, name: str) -> None:
    request = lab.build_request("POST", "/sql", json={"sql": sql, "id": name}, headers=own)
    lines = "".join(f"{header}: {value}\r\n" for header, value in request.headers.items())
    client.sendall(f"POST /sql HTTP/1.1\r\n{lines}\r\n".encode() + request.read())


def _pipes() -> int:
    """How many pipes this process, which serves the lab, has open."""
    found = 0
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            found += str(descriptor.readlink()).startswith("pipe:")
    return found


def test_a_killed_service_leaves_no_statement(api: Api, own: dict[str, str], tmp_path: Path) -> None:
    with killable_analytics(api.database_url, api.url, tmp_path) as lab, ThreadPoolExecutor() as pool:
        wait_until(lambda: ask(lab, own, "SELECT 1").status_code == 200, "the lab answers", 60)
        answer = pool.submit(ask, lab, own, ENDLESS)
        wait_until(lambda: len(statements_processes(lab.process.pid)) == 1, "it runs", 30)
        left = [*warm_processes(lab.process.pid), *statements_processes(lab.process.pid)]
        handles = [os.pidfd_open(process) for process in left]
        lab.process.kill()
        with pytest.raises(httpx.TransportError):
            answer.result()
    assert len(handles) == 2
    for handle in handles:
        assert select.select([handle], [], [], 20)[0], "a process has outlived its service"
        os.close(handle)
