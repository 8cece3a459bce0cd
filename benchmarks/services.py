"""Starts the desk's processes with the same commands as `lodge up`."""

import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from data_api.access.counts import make_counts_file
from lodge.check import make_desk_secrets
from lodge.home import Home
from lodge.processes import end, last_lines, spawn
from lodge.services import Service, services
from lodge.watched import service_program
from lodge.workers import Worker, shared_port
from service_kit.metrics_files import clear_metrics, make_metrics_files
from service_kit.settings import Settings

START_SECONDS = 300.0  # the first copy of 1,000,000 tickets, while other programs run


@contextmanager
def running_data_api(
    database_url: str,
    logs: Path,
    first_folders: Sequence[str] = (),
    workers: int = 1,
    *,
    sign_in: str = "choice",
    rate_limits: bool = False,
) -> Iterator[str]:
    """Runs a data API, without rate limits unless `rate_limits`, and gives its address. Packages are imported from
    `first_folders` first."""
    with ExitStack() as stack:
        home = Home(Path(stack.enter_context(TemporaryDirectory(prefix="lodge-bench-"))))
        home.make()
        make_desk_secrets(home)
        make_counts_file(home.path)
        clear_metrics(home.path)
        settings = Settings(
            _env_file=None,
            home=home.path,
            data_api_port=free_port(),
            rate_limits=rate_limits,
            sign_in=sign_in,
            log_level="warning",
            workers=workers,
        )
        service = _service("data API", settings)
        if first_folders:
            own = {"PYTHONPATH": os.pathsep.join(first_folders)}
            service = replace(service, environment={**service.environment, **own})
        together = stack.enter_context(shared_port(service, settings.host)) if workers > 1 else [None]
        for worker in together:
            if worker:
                make_metrics_files(home.path, worker.number)
            stack.enter_context(_process(service, settings, database_url, logs, worker))
        yield service.address


@contextmanager
def running_ui(data_api: str, logs: Path, analytics_api: str | None = None) -> Iterator[str]:
    """Runs a UI that uses this data API and, if given, this analytics API. Gives its address."""
    port = httpx.URL(data_api).port or 80
    figures_port = (httpx.URL(analytics_api).port if analytics_api else None) or free_port()
    settings = Settings(
        _env_file=None, ui_port=free_port(), data_api_port=port, analytics_api_port=figures_port, log_level="warning"
    )
    with _running(_service("UI", settings), settings, None, logs) as address:
        yield address


@dataclass(frozen=True)
class Analytics:
    url: str
    pid: int


@contextmanager
def running_analytics(
    database_url: str, data_api: str, home: Path, logs: Path, sql_seconds: int = 30
) -> Iterator[Analytics]:
    """Runs an analytics API that follows this database and keeps its replica in `home`. A statement of its SQL lab may
    take `sql_seconds`."""
    settings = Settings(
        _env_file=None,
        analytics_api_port=free_port(),
        data_api_port=httpx.URL(data_api).port or 80,
        log_level="warning",
        home=home,
        sql_seconds=sql_seconds,
    )
    with _process(_service("analytics API", settings), settings, database_url, logs) as (service, process):
        yield Analytics(service.address, process.pid)


def _service(name: str, settings: Settings) -> Service:
    return next(service for service in services(settings) if service.name == name)


@contextmanager
def _running(service: Service, settings: Settings, database_url: str | None, logs: Path) -> Iterator[str]:
    with _process(service, settings, database_url, logs):
        yield service.address


@contextmanager
def _process(
    service: Service, settings: Settings, database_url: str | None, logs: Path, worker: Worker | None = None
) -> Iterator[tuple[Service, subprocess.Popen[bytes]]]:
    logs.mkdir(parents=True, exist_ok=True)
    program = service_program(service, settings, database_url, logs, worker)
    program = replace(program, log=logs / f"{program.name}-{service.port}.log")
    process = spawn(program)
    try:
        _wait_until_healthy(service, worker.health_url if worker else service.health_url, program.log)
        yield service, process
    finally:
        end(process, program, threading.Event())


def _wait_until_healthy(service: Service, health_url: str | None, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _is_healthy(health_url or service.address):
        if time.monotonic() > deadline:
            raise RuntimeError(f"{service.name} does not answer. The end of {log}:\n{last_lines(log)}")
        time.sleep(0.1)


def _is_healthy(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.TransportError:
        return False


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
