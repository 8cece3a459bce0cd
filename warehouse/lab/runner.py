"""Starts statements' processes and reads their answers. Everything here runs in the service's event loop."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

import structlog

from warehouse.lab.frames import HEAD, LARGEST, Kind, Request

log = structlog.get_logger()

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "warehouse.lab.processes")
BUFFER = 1024 * 1024  # bytes of an answer that wait for the client; then the statement's process waits
PROBE_SECONDS = 10.0


class RunnerGone(Exception):
    """The warm process ended, and nothing of the statement has run. The next statement has another warm process."""


@dataclass(frozen=True)
class Ending:
    """How a statement's process ended: by itself, at its time limit, or because the warm process had ended."""

    is_late: bool = False
    is_lost: bool = False


class Running:
    """A statement that has a process of its own, to be closed. `process` is its number, for who watches from
    outside."""

    def __init__(
        self, runner: "Runner", number: str, answer: asyncio.StreamReader, pipe: asyncio.ReadTransport
    ) -> None:
        self._runner = runner
        self._answer = answer
        self.pipe = pipe
        self.number = number
        self.process = 0
        self.started: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.ended: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()

    async def frames(self) -> AsyncIterator[tuple[Kind, bytes]]:
        """Gives the frames until the process ends, completely or not."""
        while True:
            try:
                kind, size = HEAD.unpack(await self._answer.readexactly(HEAD.size))
                if size > LARGEST:
                    return
                yield Kind(kind), await self._answer.readexactly(size)
            except (asyncio.IncompleteReadError, ValueError):
                return

    def kill(self) -> None:
        """Ends the process at once, if it runs."""
        self._runner.kill(self.number)

    async def close(self) -> None:
        """Ends the process, waits until it is gone, and drops what nobody has read of its answer."""
        self.kill()
        try:
            await self.ended
        finally:
            self.pipe.close()


class Runner:
    """Keeps one warm process, from which each statement's process is forked. One that ends is replaced."""

    def __init__(self) -> None:
        self._service: socket.socket | None = None
        self._warm: subprocess.Popen[bytes] | None = None
        self._running: dict[str, Running] = {}
        self._has_forked = False  # the present warm process has forked at least once
        self._is_closed = False

    async def start(self, request: Request, snapshot: int) -> Running:
        """Starts a statement on the snapshot that this descriptor is open on. Raises RunnerGone."""
        return await self._order(json.dumps(asdict(request)).encode(), snapshot, request.seconds, is_probe=False)

    async def find_ways_out(self) -> list[str]:
        """Returns what a confined process can do on this machine although it must not; empty if all is well."""
        nothing = os.open(os.devnull, os.O_RDONLY)
        try:
            running = await self._order(b"{}", nothing, PROBE_SECONDS, is_probe=True)
        except (OSError, RunnerGone) as error:
            return [f"its process does not start: {error}"]
        finally:
            os.close(nothing)
        found: list[str] = ["the probe ended early"]
        async for kind, content in running.frames():
            if kind is Kind.DONE:
                found = json.loads(content)
        await running.close()
        return found

    def kill(self, number: str) -> None:
        if self._service is not None and number in self._running:
            try:
                self._service.send(json.dumps({"do": "kill", "number": number}).encode())
            except OSError:  # the warm process has ended, and so have all that it forked
                self._forget()

    def close(self) -> None:
        """Ends the warm process, and with it all statements. No other one can be started."""
        self._is_closed = True
        self._forget()

    def _forget(self) -> None:
        if self._service is not None:
            asyncio.get_running_loop().remove_reader(self._service)
            self._service.close()
            self._service = None
        if self._warm is not None:
            self._warm.kill()
            self._warm.wait()
            self._warm = None
        for running in self._running.values():
            _settle(running, Ending(is_lost=True))
        self._running.clear()

    async def _order(self, content: bytes, snapshot: int, seconds: float, *, is_probe: bool) -> Running:
        number = uuid4().hex
        with ExitStack() as ours:
            request = os.memfd_create("request", os.MFD_CLOEXEC)
            ours.callback(os.close, request)
            os.write(request, content)
            reading, writing = os.pipe2(os.O_CLOEXEC)
            ours.callback(os.close, writing)
            running = Running(self, number, *await _reader(reading))
            order = {"do": "run", "number": number, "seconds": seconds, "probe": is_probe}
            try:
                socket.send_fds(self._opened(), [json.dumps(order).encode()], [request, snapshot, writing])
            except (OSError, RunnerGone) as error:
                running.pipe.close()
                self._forget()
                raise RunnerGone(str(error)) from error
            self._running[number] = running
        try:
            running.process = await running.started
        except BaseException:  # cancelled, too: the order has been sent
            await running.close()
            raise
        return running

    def _opened(self) -> socket.socket:
        if self._is_closed:
            raise RunnerGone("the service stops")
        if self._service is None:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._warm = subprocess.Popen(  # noqa: S603
                    [*COMMAND, str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    cwd=ROOT,
                    env=_environment(),
                )
            self._service = ours
            self._has_forked = False
            asyncio.get_running_loop().add_reader(ours, self._hear)
        return self._service

    def _hear(self) -> None:
        assert self._service is not None
        try:
            message = self._service.recv(4096)
        except OSError:
            message = b""
        if not message:
            self._replace()
            return
        told = json.loads(message)
        running = self._running.get(told["number"])
        if running is None:
            return
        if "ended" in told:
            del self._running[told["number"]]
            _settle(running, Ending(is_late=told["late"]))
        elif not running.started.done():
            self._has_forked = True
            running.started.set_result(told["process"])

    def _replace(self) -> None:
        """Starts another warm process at once. One that ended without having forked would only end again: then the
        next statement starts another one."""
        warm, has_forked = self._warm, self._has_forked
        self._forget()
        log.warning("the process that starts statements ended", code=warm.returncode if warm else None)
        if has_forked:
            self._opened()


def _settle(running: Running, ending: Ending) -> None:
    if not running.started.done():
        running.started.set_exception(RunnerGone("its process ended before it began"))
    if not running.ended.done():
        running.ended.set_result(ending)


async def _reader(descriptor: int) -> tuple[asyncio.StreamReader, asyncio.ReadTransport]:
    reader = asyncio.StreamReader(limit=BUFFER)
    pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb", buffering=0)
    )
    return reader, pipe


def _environment() -> dict[str, str]:
    """Returns an environment without credentials. Few arenas and not Arrow's own allocator, because these reserve
    address space, which is bounded."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {
        **kept,
        "HOME": "/nonexistent",
        "LANG": "C.UTF-8",
        "MALLOC_ARENA_MAX": "2",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }
