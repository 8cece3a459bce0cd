"""`lodge up` keeps a desk running through kills, and leaves nothing behind when it is stopped."""

import contextlib
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from contracts.desk import SignIn
from lodge.errors import LodgeError
from lodge.ports import is_free, listen
from lodge.postgres import running_postgres
from lodge.processes import is_alive, remember
from lodge.supervisor import SAME_KEY_SECONDS, check_who_may_reach
from service_kit.settings import Settings
from tests.lodge.desk_process import DeskProcess, free_port
from tests.lodge.waiting import wait_until
from tests.support.homes import copy_home

# `make bench` measures how long it takes on a quiet machine; here only a failure takes so long.
READY_AGAIN_SECONDS = 120.0


def told(desk: DeskProcess, port: int) -> dict[str, Any]:
    answer = desk.service(port)
    assert answer is not None
    return answer


def database_answers(desk: DeskProcess) -> bool:
    try:
        with psycopg.connect(desk.database_url(), connect_timeout=30) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def postmaster(desk: DeskProcess) -> psutil.Process:
    [process] = [process for process in psutil.Process(desk.process.pid).children() if process.name() == "postgres"]
    return process


@pytest.fixture
def polite_desk(made_home: Path) -> Iterator[DeskProcess]:
    """Ready; it kills no service that takes its time to end, unless it is hurried."""
    with DeskProcess(made_home, "--polite") as process:
        process.wait_for("ready")
        yield process


def test_ready_then_stopped_by_ctrl_c_without_a_trace(polite_desk: DeskProcess) -> None:
    desk = polite_desk
    assert sorted(line.split()[0] for line in desk.lines[:3]) == ["Postgres", "UI", "data"]
    assert desk.lines[3] == "ready"
    assert told(desk, desk.data_api_port)["told_database"] is True
    assert told(desk, desk.ui_port)["told_database"] is False
    family = desk.family()
    assert len(family) > 3
    desk.interrupt()
    assert desk.wait() == 0
    assert [process for process in family if is_alive(process)] == []
    assert desk.server_processes() == []


def test_stopped_by_sigterm_and_hurried_by_a_second_one(polite_desk: DeskProcess) -> None:
    desk = polite_desk
    family = desk.family()
    stubborn = next(process for process in family if process.pid == told(desk, desk.ui_port)["pid"])
    stubborn.suspend()
    desk.process.send_signal(signal.SIGTERM)
    desk.wait_for("stopping")
    with pytest.raises(subprocess.TimeoutExpired):  # one signal does not end it; soon after it is the same key press
        desk.process.wait(SAME_KEY_SECONDS + 0.1)
    desk.process.send_signal(signal.SIGTERM)
    assert desk.wait() == 0
    assert [process for process in family if is_alive(process)] == []


@pytest.mark.parametrize("name", ["ui", "data_api"])
def test_a_killed_service_is_started_again_and_said_so(lasting_desk: DeskProcess, name: str) -> None:
    port, shown = (lasting_desk.ui_port, "UI") if name == "ui" else (lasting_desk.data_api_port, "data API")
    for _ in range(2):
        before = len(lasting_desk.lines)
        os.kill(told(lasting_desk, port)["pid"], signal.SIGKILL)
        lasting_desk.wait_for(f"{shown} is back", READY_AGAIN_SECONDS, after=before)
        assert lasting_desk.lines[before:] == [f"{shown} was ended by SIGKILL; starting it again", f"{shown} is back"]


def test_what_hangs_is_ended_and_started_again_and_said_so(made_home: Path) -> None:
    """A service, and one of two workers of another one, which the other one goes on without."""
    with DeskProcess(made_home, "--impatient", LODGE_WORKERS="2") as desk:
        desk.wait_for("ready")
        before, ui, other = len(desk.lines), psutil.Process(told(desk, desk.ui_port)["pid"]), worker(desk, 1).pid
        for process in (ui, worker(desk, 2)):
            process.suspend()
            wait_until(partial(is_stopped, process), "it takes nothing any more")
        assert {told(desk, desk.data_api_port)["pid"] for _ in range(20)} == {other}
        for name in ("UI", "data API 2"):
            desk.wait_for(f"{name} is back", after=before)
            assert f"{name} did not answer for 6 s and was ended; starting it again" in desk.lines[before:]
        assert told(desk, desk.ui_port)["pid"] != ui.pid
        assert worker(desk, 1).pid == other


def test_connections_wait_for_workers_that_are_all_gone(made_home: Path) -> None:
    with DeskProcess(made_home, LODGE_WORKERS="2") as desk:
        desk.wait_for("ready")
        before, killed = len(desk.lines), [worker(desk, number) for number in (1, 2)]
        for process in killed:
            process.kill()
        assert told(desk, desk.data_api_port)["pid"] not in {process.pid for process in killed}
        for number in (1, 2):
            desk.wait_for(f"data API {number} is back", READY_AGAIN_SECONDS, after=before)


def is_stopped(process: psutil.Process) -> bool:
    return process.status() == psutil.STATUS_STOPPED


def worker(desk: DeskProcess, number: int) -> psutil.Process:
    found = psutil.Process(desk.process.pid).children()
    return next(process for process in found if process.environ().get("LODGE_WORKER") == str(number))


def test_a_killed_postmaster_and_a_killed_backend(lasting_desk: DeskProcess) -> None:
    postmaster(lasting_desk).kill()
    lasting_desk.wait_for("Postgres is back", READY_AGAIN_SECONDS)
    wait_until(lambda: database_answers(lasting_desk), "database", READY_AGAIN_SECONDS)
    with psycopg.connect(lasting_desk.database_url()) as connection:
        os.kill(connection.info.backend_pid, signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    wait_until(lambda: database_answers(lasting_desk), "database", READY_AGAIN_SECONDS)


def test_a_killed_lodge_takes_all_with_it_and_the_next_one_starts(desk: DeskProcess) -> None:
    family = desk.family()
    desk.process.kill()
    desk.wait()
    with DeskProcess(desk.home, ports=(desk.ui_port, desk.data_api_port)) as second:
        second.wait_for("ready", READY_AGAIN_SECONDS)
        wait_until(lambda: not any(is_alive(process) for process in family), "all of the first are gone")
        assert {told(second, port)["told_database"] for port in (second.ui_port, second.data_api_port)} == {False, True}


def test_everything_killed_at_once_loses_nothing(desk: DeskProcess) -> None:
    with psycopg.connect(desk.database_url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
    for process in [psutil.Process(desk.process.pid), *desk.family()]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    desk.wait()
    with running_postgres(desk.home, "test") as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (1,)


def test_leftovers_that_hold_the_ports_are_ended(desk: DeskProcess, home_template: Path) -> None:
    """As on systems that do not end a child with its parent."""
    desk.interrupt()
    desk.wait()
    with DeskProcess(copy_home(home_template, desk.home / "other")) as stranger:
        stranger.wait_for("ready")
        pid = told(stranger, stranger.ui_port)["pid"]
        remember(desk.home / "run", "ui", pid)
        # Its own Lodge would start another one on the same port at once.
        stranger.process.send_signal(signal.SIGSTOP)
        with DeskProcess(desk.home, ports=(stranger.ui_port, free_port())) as second:
            second.wait_for("UI ")
            assert told(second, second.ui_port)["pid"] != pid


def test_commands_work_beside_a_running_desk(lasting_desk: DeskProcess) -> None:
    with running_postgres(lasting_desk.home, "seed") as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert database_answers(lasting_desk)


def test_a_second_one_of_the_same_home_and_another_home_beside_it(
    lasting_desk: DeskProcess, home_template: Path
) -> None:
    second = DeskProcess(lasting_desk.home)  # not left as the others are: that ends the home's database server
    assert second.wait() == 1
    assert f"Lodge is already running in {lasting_desk.home}" in second.lines[0]
    with DeskProcess(copy_home(home_template, lasting_desk.home.with_name("other"))) as other:
        other.wait_for("ready")
        assert database_answers(other)
        assert database_answers(lasting_desk)


def test_a_taken_port_is_named_with_its_setting(home_path: Path) -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)), DeskProcess(home_path, ports=(free_port(), port)) as desk:
        assert desk.wait() == 1
    assert f"Port {port}, wanted for the data API, is taken" in desk.lines[0]
    assert "LODGE_DATA_API_PORT" in desk.lines[0]


@pytest.mark.parametrize("host", ["a..b", "192.0.2.1"])
def test_a_host_that_is_not_this_machine_is_told(host: str) -> None:
    for ask in (is_free, listen):
        with pytest.raises(LodgeError, match=f"cannot listen on {host}, port 8501.*LODGE_HOST"):
            ask(host, 8501)


def test_a_service_that_cannot_start_shows_its_last_lines(made_home: Path) -> None:
    with DeskProcess(made_home, "--broken") as desk:
        assert desk.wait(120) == 1
    assert any(line.startswith("lodge: data API does not start. The end of ") for line in desk.lines)
    assert any('Attribute "missing" not found' in line for line in desk.lines)
    assert desk.server_processes() == []


def refused(settings: Settings) -> str:
    """Why this desk may not be started; nothing where it may."""
    try:
        check_who_may_reach(settings)
    except LodgeError as error:
        return str(error)
    return ""


def test_sign_in_by_choice_stays_on_this_machine() -> None:
    assert "without a password" in refused(Settings(host="0.0.0.0"))
    assert refused(Settings(host="0.0.0.0", choice_anywhere=True)) == ""
    assert [refused(Settings(host=host)) for host in ("127.0.0.1", "::1", "localhost")] == [""] * 3


def test_sign_in_by_choice_has_no_public_address() -> None:
    public = "https://helpdesk.example.edu"
    told = refused(Settings(public_url=public))
    assert told.startswith("LODGE_PUBLIC_URL is https://helpdesk.example.edu, ")
    assert "without a password" in told
    assert refused(Settings(public_url=public, choice_anywhere=True)) == ""
    assert refused(Settings(public_url=public, sign_in=SignIn.PASSWORD)) == ""
    own = ("http://127.0.0.1:9000", "https://localhost", "http://[::1]:8501")
    assert [refused(Settings(public_url=address)) for address in own] == [""] * 3
