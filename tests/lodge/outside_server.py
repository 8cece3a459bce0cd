"""Servers that are not Lodge's own: Debian's PostgreSQL 15, and another one with the programs that Lodge brings."""

import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from lodge.account import give_folder, server_account
from lodge.binaries import reachable_binaries
from lodge.processes import Program, end, spawn
from tests.lodge.desk_process import free_port
from tests.lodge.waiting import wait_until

BINARIES = Path("/usr/lib/postgresql/15/bin")


@contextmanager
def postgres_15() -> Iterator[str]:
    """Its URL, as its superuser; it is reached through a socket too. Skips the test where it is not installed."""
    if not (BINARIES / "postgres").exists():
        pytest.skip("needs Debian's package postgresql-15, which `make test` gets where there is one")
    with new_folder() as folder, running(make_server(folder, free_port(), BINARIES)) as url:
        yield url


@contextmanager
def another_postgres() -> Iterator[str]:
    """Its URL, as its superuser."""
    with new_folder() as folder:
        data = folder / "data"
        data.mkdir(mode=0o700)
        binaries = reachable_binaries(folder, server_account(data))
        with running(make_server(folder, free_port(), binaries)) as url:
            yield url


@contextmanager
def new_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="lodge-test-server-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def running(program: Program) -> Iterator[str]:
    process = spawn(program)
    try:
        url = f"postgresql://desk@127.0.0.1:{program.command[-1]}/postgres"
        wait_until(lambda: answers(url), program.name)
        yield url
    finally:
        end(process, program, threading.Event())


def make_server(folder: Path, port: int, binaries: Path) -> Program:
    data = folder / "data"
    data.mkdir(mode=0o700, exist_ok=True)
    account = server_account(data)
    if account:
        give_folder(data, account)
    initdb = [str(binaries / "initdb"), "-D", str(data), "--username=desk", "--auth=trust", "--encoding=UTF8"]
    become = account.popen_arguments() if account else {}
    subprocess.run([*initdb, "--locale=C.UTF-8", "--no-sync"], cwd=data, check=True, capture_output=True, **become)
    settings = ("-c", f"unix_socket_directories={data}", "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off")
    return Program(
        name="other-postgres",
        command=(str(binaries / "postgres"), "-D", str(data), *settings, "-p", str(port)),
        environment={"LC_ALL": "C.UTF-8"},
        folder=data,
        log=folder / "postgres.log",
        account=account,
        stop=((signal.SIGINT, 20.0), (signal.SIGKILL, 5.0)),
    )


def answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
