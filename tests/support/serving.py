"""Serves applications in the test's own process, and starts processes for what a test kills or suspends."""

import asyncio
import logging
import multiprocessing
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI

from service_kit.connections import BoundedConnection, BoundedSocket
from service_kit.logs import SHAPE
from service_kit.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
# Long enough for a busy machine; only a failure takes so long.
START_SECONDS, STOP_SECONDS = 120.0, 60.0

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.support.analytics"])  # it imports everything that is slow to load


def settings_of(**environment: str) -> Settings:
    """Returns the settings that a service reads from exactly these environment variables, such as LODGE_TIMEZONE.

    Without LODGE_HOME there is no home, because the default could be a developer's home in the folder of the tests.
    """
    named: dict[str, Any] = {name.removeprefix("LODGE_").lower(): value for name, value in environment.items()}
    return Settings(_env_file=None, _env_prefix="NOT_READ_", **{"home": os.devnull, **named})


# For an application of which a test reads only the OpenAPI document.
NO_DATABASE = settings_of(LODGE_DATABASE_URL="postgresql:///nowhere")


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serves an application in a thread of this process until the block ends, with the product's limits on connections.
    Gives its address."""
    keep_logs_short()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = _Server(server_config(app))
        thread = threading.Thread(target=server.run_until_stopped, args=(listener,), name=app.title, daemon=True)
        thread.start()
        try:
            server.wait_until_started()
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.stop()
            thread.join(STOP_SECONDS)
            assert not thread.is_alive(), f"{app.title} does not stop"


def keep_logs_short() -> None:
    """Logs only warnings and errors, each in one line, because the usual rendering of an exception takes seconds.

    `configure_logs` is not used here, because its loggers would keep the stream that they first write to.
    """
    structlog.configure(
        processors=[structlog.processors.add_log_level, *SHAPE, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
    )


def server_config(app: FastAPI) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=BoundedConnection,
        ws=BoundedSocket,
        proxy_headers=False,
        access_log=False,
        log_config=None,
        # Longer than a busy machine may delay a process, so that no connection is closed while a test uses it again.
        timeout_keep_alive=120,
    )


class _Server(uvicorn.Server):
    """Stops at once. uvicorn itself checks ten times a second whether to stop, and then waits for live streams."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._has_begun = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_stopped = asyncio.Event()

    def run_until_stopped(self, listener: socket.socket) -> None:
        try:
            self.run(sockets=[listener])
        finally:
            self._has_begun.set()

    def wait_until_started(self) -> None:
        assert self._has_begun.wait(START_SECONDS), "the service does not start"
        assert self.started, "the service ended while starting; its log says why"

    def stop(self) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._is_stopped.set)

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self.on_tick(0)
        self._has_begun.set()
        await self._is_stopped.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Shuts the application down before the connections, because only that ends its live streams."""
        for server in self.servers:
            server.close()
        await self.lifespan.shutdown()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=STOP_SECONDS / 2)


def start_process(function: Callable[..., object], *arguments: object) -> BaseProcess:
    """Runs the function in a process forked from the fork server, which has loaded the libraries and has none of the
    tests' state."""
    process = _context.Process(target=function, args=arguments, daemon=True)
    process.start()
    return process
