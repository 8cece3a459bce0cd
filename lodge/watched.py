"""What runs under watch: the database server, and the services."""

from collections.abc import Callable
from typing import Protocol

from lodge.home import Home
from lodge.postgres import PostgresServer
from lodge.probe import answers, is_healthy
from lodge.processes import Program
from lodge.services import ROOT, Service, service_command, settings_environment
from service_kit.settings import Settings


class Watched(Protocol):
    """Something that runs as one process."""

    name: str

    def address(self) -> str: ...
    def prepare(self) -> None: ...
    def program(self) -> Program: ...
    async def is_healthy(self, pid: int) -> bool: ...
    async def answers(self, seconds: float) -> bool: ...


class WatchedPostgres:
    name = "Postgres"

    def __init__(self, server: PostgresServer) -> None:
        self.server = server

    def address(self) -> str:
        return f"127.0.0.1:{self.server.port}"

    def prepare(self) -> None:
        self.server.prepare()

    def program(self) -> Program:
        return self.server.program()

    async def is_healthy(self, pid: int) -> bool:
        return self.server.is_ready(pid)

    async def answers(self, seconds: float) -> bool:
        """Always: a server that repeats what a crash left takes no connections, and must not be ended for it."""
        return True


class WatchedService:
    def __init__(self, service: Service, settings: Settings, home: Home, database_url: Callable[[], str]) -> None:
        self.name = service.name
        self._service = service
        self._settings = settings
        self._home = home
        self._database_url = database_url

    def address(self) -> str:
        return self._service.address

    def prepare(self) -> None:
        """Nothing: it keeps no state of its own."""

    def program(self) -> Program:
        url = self._database_url() if self._service.uses_database else None
        return Program(
            name=self._service.file_name,
            command=service_command(self._service),
            environment=settings_environment(self._settings, url) | dict(self._service.environment),
            folder=ROOT,
            log=self._home.logs / f"{self._service.file_name}.log",
        )

    async def is_healthy(self, pid: int) -> bool:
        return self._service.health_url is None or await is_healthy(self._service.health_url)

    async def answers(self, seconds: float) -> bool:
        return self._service.health_url is None or await answers(self._service.health_url, seconds)
