"""`python -m service_kit.serve --shared 5 --own 6 --loads 7 --number 1 …`: runs uvicorn as one of the workers of a
service.

`--shared`, `--own` and `--loads` take inherited file descriptors: a listening socket on the port that all workers
share, a listening socket on a port of this worker alone, and the memory in which each worker notes how many connections
it has. `--number` is this worker's number. All other arguments are uvicorn's, whose own `--fd` takes a single socket.
"""

import argparse
import asyncio
import errno
import mmap
import socket
import sys
from collections.abc import Iterable
from typing import Any

import uvicorn
from click.core import ParameterSource

# How long a worker leaves a new connection to workers that have fewer. A worker that is too busy to take it in this
# time should not get it.
HESITATION_SECONDS = 0.005
# No file descriptor is left, in this process or on the machine. The worker tries again, because one may be released.
OUT_OF_FILES = {errno.EMFILE, errno.ENFILE}
OUT_OF_FILES_SECONDS = 1.0


class Connections(set[Any]):
    """The connections of one worker. Their number is stored where the other workers can read it."""

    def __init__(self, loads: "memoryview[int]", place: int) -> None:
        super().__init__()
        self._loads = loads
        self._place = place
        loads[place] = 0  # the number may be that of an earlier process

    def add(self, connection: Any) -> None:
        super().add(connection)
        self._loads[self._place] = len(self)

    def discard(self, connection: Any) -> None:
        super().discard(connection)
        self._loads[self._place] = len(self)

    @property
    def are_more_than_anothers(self) -> bool:
        return len(self) > min(self._loads)


class Worker(uvicorn.Server):
    """Takes its share of the connections. If this were left to the operating system, the process that wakes up first
    would take all waiting connections, and keep them, because clients keep their connections open for long."""

    def __init__(self, config: uvicorn.Config, shared: Iterable[socket.socket], connections: Connections) -> None:
        super().__init__(config)
        self._shared = list(shared)
        self._connections = self.server_state.connections = connections
        self._arriving: set[asyncio.Task[Any]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in self._shared:
            listener.setblocking(False)
            self._await(listener)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for listener in self._shared:
            asyncio.get_running_loop().remove_reader(listener)
            listener.close()
        await super().shutdown(sockets)

    def _await(self, listener: socket.socket) -> None:
        if listener.fileno() >= 0:  # it is closed when the worker stops
            asyncio.get_running_loop().add_reader(listener, self._on_waiting, listener)

    def _on_waiting(self, listener: socket.socket) -> None:
        if self._connections.are_more_than_anothers:
            self._leave_for(HESITATION_SECONDS, listener)
        else:
            self._take(listener)

    def _leave_for(self, seconds: float, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        loop.remove_reader(listener)
        loop.call_later(seconds, self._return_to, listener)

    def _return_to(self, listener: socket.socket) -> None:
        self._await(listener)
        self._take(listener)

    def _take(self, listener: socket.socket) -> None:
        try:
            connection, _ = listener.accept()
        except OSError as error:  # mostly because another worker was quicker
            if error.errno in OUT_OF_FILES:
                self._leave_for(OUT_OF_FILES_SECONDS, listener)
            return
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        loop = asyncio.get_running_loop()
        task = loop.create_task(loop.connect_accepted_socket(self._protocol, connection))
        self._arriving.add(task)
        task.add_done_callback(self._arriving.discard)

    def _protocol(self) -> asyncio.Protocol:
        protocol: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return protocol


def configuration(arguments: list[str]) -> uvicorn.Config:
    """Returns uvicorn's configuration for these arguments of its command line; everything else has uvicorn's
    defaults."""
    context = uvicorn.main.make_context("uvicorn", arguments)
    is_given = {name: context.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in context.params}
    return uvicorn.Config(**{name: value for name, value in context.params.items() if is_given[name]})


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(allow_abbrev=False, add_help=False)
    for name in ("--own", "--loads", "--number"):
        parser.add_argument(name, type=int, required=True)
    parser.add_argument("--shared", type=int, action="append", required=True)
    mine, uvicorns = parser.parse_known_args(arguments)
    loads = memoryview(mmap.mmap(mine.loads, 0)).cast("Q")
    shared = [socket.socket(fileno=number) for number in mine.shared]
    worker = Worker(configuration(uvicorns), shared, Connections(loads, mine.number - 1))
    worker.run([socket.socket(fileno=mine.own)])


if __name__ == "__main__":
    main(sys.argv[1:])
