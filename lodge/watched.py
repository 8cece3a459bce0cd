"""The processes that a Watch keeps running: the database server and those of the services."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from lodge.home import Home
from lodge.postgres import PostgresServer
from lodge.probe import answers, is_healthy
from lodge.processes import Program
from lodge.services import ROOT, Service, service_command, settings_environment
from lodge.terminal import service_line
from lodge.workers import Worker
from service_kit.metrics_files import make_metrics_files
from service_kit.settings import Settings


class Watched(Protocol):
    """Something that runs as one process."""

    name: str

    def first_line(self) -> str:
        """Returns the line to print when it is healthy for the first time; empty: print nothing."""

    def prepare(self) -> None: ...
    def program(self) -> Program: ...
    async def is_healthy(self, pid: int) -> bool: ...
    async def answers(self, seconds: float) -> bool: ...


class WatchedPostgres:
    name = "Postgres"

    def __init__(self, server: PostgresServer) -> None:
        self.server = server

    def first_line(self) -> str:
        return service_line(self.name, f"127.0.0.1:{self.server.port}")

    def prepare(self) -> None:
        self.server.prepare()

    def program(self) -> Program:
        return self.server.program()

    async def is_healthy(self, pid: int) -> bool:
        return self.server.is_ready(pid)

    async def answers(self, seconds: float) -> bool:
        """Returns True always. A server that recovers from a crash accepts no connections and must not be killed."""
        return True


class WatchedService:
    """One process of a service. `worker` says which one when the service has several processes."""

    def __init__(
        self,
        service: Service,
        settings: Settings,
        home: Home,
        database_url: Callable[[], str],
        worker: Worker | None = None,
    ) -> None:
        self.name = f"{service.name} {worker.number}" if worker else service.name
        self._service = service
        self._settings = settings
        self._home = home
        self._database_url = database_url
        self._worker = worker
        self._health_url = worker.health_url if worker else service.health_url

    def first_line(self) -> str:
        """Returns one line for the whole service; with several workers only the first worker returns it."""
        if self._worker is None:
            return service_line(self.name, self._service.address)
        together = f"{self._service.address} ({self._service.workers} workers)"
        return service_line(self._service.name, together) if self._worker.number == 1 else ""

    def prepare(self) -> None:
        if self._worker:
            make_metrics_files(self._home.path, self._worker.number)

    def program(self) -> Program:
        url = self._database_url() if self._service.uses_database else None
        return service_program(self._service, self._settings, url, self._home.logs, self._worker)

    async def is_healthy(self, pid: int) -> bool:
        return self._health_url is None or await is_healthy(self._health_url)

    async def answers(self, seconds: float) -> bool:
        return self._health_url is None or await answers(self._health_url, seconds)


def service_program(
    service: Service, settings: Settings, database_url: str | None, logs: Path, worker: Worker | None
) -> Program:
    name = f"{service.file_name}-{worker.number}" if worker else service.file_name
    environment = settings_environment(settings, database_url) | dict(service.environment)
    return Program(
        name=name,
        command=service_command(service, worker.arguments if worker else ()),
        environment=environment | ({"LODGE_WORKER": str(worker.number)} if worker else {}),
        folder=ROOT,
        log=logs / f"{name}.log",
        log_format=settings.log_format,
        files=worker.files if worker else (),
    )
