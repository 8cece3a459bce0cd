"""The warm process that each statement's process is forked from: `python -m warehouse.lab.processes DESCRIPTOR`.

It has imported DuckDB, made a connection and opened nothing, so that a fork is ready in a few milliseconds. It has no
credentials in its environment, and one socket to the service that started it. The service sends an order with
descriptors: a file with the request, the snapshot, and the pipe for the answer. It answers with the process's number,
and later with how it ended. At its time limit a statement's process is killed from here, because DuckDB does not look
at the clock within some functions. When the socket closes, everything ends.
"""

import json
import os
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from service_kit.confine import die_with_parent
from warehouse.lab.frames import Request
from warehouse.lab.probe import find_ways_out
from warehouse.lab.statement import connect, run, write_frames

LARGEST_ORDER = 4096
# Of the process and of its session: where the kernel shares the processors among sessions (sched_autogroup_enabled), a
# process's niceness counts only within its own.
NICENESS = 10
FIRST_TO_GO = "1000"
DESCRIPTORS = 3


@dataclass(frozen=True)
class Running:
    """One statement's process. `ends_at` is on the monotonic clock."""

    number: str
    process: int
    handle: int
    ends_at: float


class Processes:
    """The statements that run now."""

    def __init__(self, service: socket.socket, connection: duckdb.DuckDBPyConnection) -> None:
        self._service = service
        self._connection = connection
        self._running: dict[str, Running] = {}
        self._late: set[str] = set()

    def serve(self) -> None:
        """Takes orders until the service closes the socket, and then kills what still runs."""
        try:
            while self._step():
                pass
        finally:
            for running in self._running.values():
                os.kill(running.process, signal.SIGKILL)

    def _step(self) -> bool:
        handles = {running.handle: running for running in self._running.values()}
        service = self._service.fileno()
        ready, _, _ = select.select([service, *handles], [], [], self._patience())
        if service in ready and not self._take_order():
            return False
        for handle in set(ready) - {service}:
            self._bury(handles[handle])
        for running in self._running.values():
            if time.monotonic() >= running.ends_at and running.number not in self._late:
                self._late.add(running.number)
                os.kill(running.process, signal.SIGKILL)
        return True

    def _patience(self) -> float | None:
        ends = [running.ends_at for running in self._running.values() if running.number not in self._late]
        return max(0.0, min(ends) - time.monotonic()) if ends else None

    def _take_order(self) -> bool:
        message, descriptors, _, _ = socket.recv_fds(self._service, LARGEST_ORDER, DESCRIPTORS)
        if not message:
            return False
        order = json.loads(message)
        if order["do"] == "run":
            self._start(order, descriptors)
        elif (running := self._running.get(order["number"])) is not None:
            os.kill(running.process, signal.SIGKILL)
        return True

    def _start(self, order: dict[str, Any], descriptors: list[int]) -> None:
        parent, number, process = os.getpid(), order["number"], 0
        try:
            process = os.fork()
            if process == 0:
                is_probe = order.get("probe", False)
                _be_statement(parent, self._service, descriptors, None if is_probe else self._connection)
            handle = os.pidfd_open(process)
        except OSError:  # no more processes, memory or files: this statement is lost, the others are not
            if process:
                os.kill(process, signal.SIGKILL)
                os.waitpid(process, 0)
            self._say(number=number, ended=1, late=False)
            return
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        self._running[number] = Running(number, process, handle, time.monotonic() + order["seconds"])
        self._say(number=number, process=process)

    def _bury(self, running: Running) -> None:
        _, status = os.waitpid(running.process, 0)
        os.close(running.handle)
        del self._running[running.number]
        is_late = running.number in self._late
        self._late.discard(running.number)
        self._say(number=running.number, ended=os.waitstatus_to_exitcode(status), late=is_late)

    def _say(self, **told: object) -> None:
        self._service.sendall(json.dumps(told).encode())


def _be_statement(
    parent: int, service: socket.socket, descriptors: list[int], connection: duckdb.DuckDBPyConnection | None
) -> None:
    """Runs the statement, or without a connection the probe. Never returns."""
    code = 1
    try:
        die_with_parent(parent)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        service.close()
        request, snapshot, pipe = _renumbered(descriptors)
        send = write_frames(pipe)
        if connection is None:
            find_ways_out(send)
        else:
            run(connection, _read(request), snapshot, send)
        code = 0
    finally:
        os._exit(code)


def _renumbered(descriptors: list[int]) -> list[int]:
    """Closes everything but these descriptors and the standard ones, and returns their new numbers."""
    high = [os.dup2(descriptor, 900 + place) for place, descriptor in enumerate(descriptors)]
    os.closerange(3, 900)
    low = [os.dup2(descriptor, 3 + place) for place, descriptor in enumerate(high)]
    os.closerange(3 + len(low), 4096)
    return low


def _read(file: int) -> Request:
    size = os.fstat(file).st_size
    return Request(**json.loads(os.pread(file, size, 0)))


def _come_last() -> None:
    """Gives way to everything else: for processors, and when the machine has no memory left."""
    with suppress(OSError):
        os.setsid()  # also so that Ctrl-C at the terminal ends the services first, and these with them
    os.nice(NICENESS)
    for file, value in (("autogroup", str(NICENESS)), ("oom_score_adj", FIRST_TO_GO)):
        with suppress(OSError):
            Path("/proc/self", file).write_text(value)


class _NoPandas(MetaPathFinder):
    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def _do_without_pandas() -> None:
    """Makes Arrow decide now that there is no pandas. It looks when it makes its first column: a confined process could
    not read pandas' files, and here pandas would take sixty megabytes."""
    sys.meta_path.insert(0, _NoPandas())
    pa.array([0])


def main() -> None:
    _do_without_pandas()
    service = socket.socket(fileno=int(sys.argv[1]))
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):  # DuckDB prints profiles on the standard output
        os.dup2(nothing, standard)
    _come_last()
    die_with_parent(os.getppid())
    Processes(service, connect()).serve()


if __name__ == "__main__":
    main()
