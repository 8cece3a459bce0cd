"""What the processes that serve one service together listen on."""

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
from lodge.services import Service

NOTE_BYTES = 10_000
BYTES_OF_A_LOAD = 8  # as service_kit.serve reads it


@dataclass(frozen=True)
class Worker:
    """One of the processes. `files`: the numbers of those that it inherits, and `arguments` which is which;
    `health_url`: where it alone answers."""

    number: int
    files: tuple[int, ...]
    arguments: tuple[str, ...]
    health_url: str


@contextmanager
def shared_port(service: Service, host: str) -> Iterator[list[Worker]]:
    """Opens the service's port once for all of its workers, and for each a port of its own on this machine.

    Whoever opens them holds them until the block ends, so that no connection goes with a worker that has not taken it:
    the others take it, or it waits. If each worker opened the port itself, the system would end the connections that
    wait for one that is killed, and macOS would give all of them to one.
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
    """Other commands of this home find them until the block ends: later another desk may have these ports."""
    write_whole(_note(home, service), json.dumps([worker.health_url for worker in workers]))
    try:
        yield
    finally:
        remove(_note(home, service))


def noted_health_urls(home: Home, service: Service) -> list[str]:
    """Of the workers of a desk that runs; none where one process serves alone."""
    try:
        return [str(url) for url in json.loads(read_start(_note(home, service), NOTE_BYTES))]
    except (OSError, ValueError, TypeError):
        return []


def _note(home: Home, service: Service) -> Path:
    return home.run / f"{service.file_name}.workers"
