"""Opens the ports on which the worker processes of one service listen."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import urlsplit

from lodge.folders import read_start, remove, write_whole
from lodge.home import Home
from lodge.ports import listen
from lodge.processes import is_running_as
from lodge.services import Service

NOTE_BYTES = 10_000
BYTES_OF_A_LOAD = 8  # one worker's connection count, in the format that service_kit.serve reads


@dataclass(frozen=True)
class Worker:
    """One of the processes of a service. It inherits the file descriptors in `files`; `arguments` tells it which is
    which. At `health_url` only this worker answers."""

    number: int
    files: tuple[int, ...]
    arguments: tuple[str, ...]
    health_url: str


@contextmanager
def shared_port(service: Service, host: str) -> Iterator[list[Worker]]:
    """Opens the service's port once for all of its workers, and for each worker a loopback port of its own.

    Lodge keeps the sockets open until the block ends. So a waiting connection survives when a worker is killed: another
    worker accepts it, or it waits. If each worker opened the port itself, the system would reset the connections queued
    for a killed worker, and macOS would give all connections to one worker.
    """
    assert service.port is not None
    path = urlsplit(service.health_url or "").path
    with ExitStack() as held:
        loads = held.enter_context(TemporaryFile())
        loads.truncate(BYTES_OF_A_LOAD * service.workers)
        shared = [held.enter_context(one).fileno() for one in listen(host, service.port)]
        together = [("--loads", loads.fileno()), *(("--shared", one) for one in shared)]
        workers = []
        for number in range(1, service.workers + 1):
            own = held.enter_context(socket.create_server(("127.0.0.1", 0)))
            named = [("--number", number), ("--own", own.fileno()), *together]
            files = (loads.fileno(), *shared, own.fileno())
            arguments = tuple(f"{name}={value}" for name, value in named)
            workers.append(Worker(number, files, arguments, f"http://127.0.0.1:{own.getsockname()[1]}{path}"))
        yield workers


@contextmanager
def noted_workers(home: Home, service: Service, workers: list[Worker]) -> Iterator[None]:
    """Writes where the service answers to a file for other commands of this home, and deletes it when the block ends.

    After that another desk may use these ports.
    """
    health_urls: list[str | None] = [worker.health_url for worker in workers]
    health_urls = health_urls or [service.status_url or service.health_url]
    write_whole(_note(home, service), json.dumps({"address": service.address, "health_urls": health_urls}))
    try:
        yield
    finally:
        remove(_note(home, service))


@dataclass(frozen=True)
class ServicePlace:
    """Where a service of a running desk answers: its address, and the health URL of each of its processes."""

    address: str
    health_urls: list[str]


def noted_service(home: Home, service: Service) -> ServicePlace | None:
    """Returns None when the file is missing or not valid, as when this home's desk does not run."""
    try:
        note = json.loads(read_start(_note(home, service), NOTE_BYTES))
        return ServicePlace(str(note["address"]), [str(url) for url in note["health_urls"] if url])
    except (OSError, ValueError, TypeError, KeyError):
        return None


def running_place(home: Home, service: Service) -> ServicePlace | None:
    """Returns where the service answers; None when this home's `lodge up` does not run it.

    A secret of the desk may be sent to this place only. At the address that the settings name, a program of somebody
    else may listen while the desk does not run.
    """
    place = noted_service(home, service)
    if place is None:
        return None
    numbers = range(1, len(place.health_urls) + 1)
    names = [f"{service.file_name}-{number}" for number in numbers] if len(numbers) > 1 else [service.file_name]
    return place if any(is_running_as(home.run, name) for name in names) else None


def _note(home: Home, service: Service) -> Path:
    return home.run / f"{service.file_name}.workers"
