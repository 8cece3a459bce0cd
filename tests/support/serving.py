"""The process that a running service is. Forked from one that has the libraries loaded already: starting takes a
tenth of a second, and nothing of the tests' own state is in it."""

import multiprocessing
import os
import socket
import sys
import tempfile
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

import uvicorn

from analytics_api.analyses import service
from data_api import database

ROOT = Path(__file__).resolve().parents[2]

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.support.preloaded"])


def start_server(listener: socket.socket, environment: dict[str, str], app: str = "data_api.main:app") -> BaseProcess:
    """Serves the application with exactly these environment variables."""
    return start_process(_serve, app, listener, environment)


def start_process(function: Callable[..., object], *arguments: object) -> BaseProcess:
    """Runs it in a process of its own, in which the libraries are loaded already."""
    process = _context.Process(target=function, args=arguments, daemon=True)
    process.start()
    return process


def _serve(app: str, listener: socket.socket, environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    # Away from the project's folder, where a developer's own .env may lie.
    sys.path.insert(0, str(ROOT))
    os.chdir(tempfile.gettempdir())
    _be_patient()
    # Longer than a busy machine may stop a process: a connection that a test has just taken up again is not closed.
    bounds = "service_kit.connections:BoundedConnection"
    config = uvicorn.Config(app, http=bounds, access_log=False, log_level="warning", timeout_keep_alive=120)
    uvicorn.Server(config).run(sockets=[listener])


def _be_patient() -> None:
    """A busy machine takes long over what is quick elsewhere: here nothing is counted in part, or given up, for that.
    That people have these limits is tested by itself."""
    database.COUNT_MILLISECONDS = 30_000
    service.FRESH_SECONDS = 30.0
    for limit in ("statement_timeout=10000", "lock_timeout=3000"):
        assert limit in database.OPTIONS
        database.OPTIONS = database.OPTIONS.replace(limit, f"{limit.partition('=')[0]}=30000")
