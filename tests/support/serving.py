"""The process that a running data API is. Forked from one that has the libraries loaded already: starting takes a
tenth of a second, and nothing of the tests' own state is in it."""

import multiprocessing
import os
import socket
import sys
import tempfile
from multiprocessing.process import BaseProcess
from pathlib import Path

import uvicorn

ROOT = Path(__file__).resolve().parents[2]

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.support.preloaded"])


def start_server(listener: socket.socket, environment: dict[str, str]) -> BaseProcess:
    """Serves `data_api.main:app` with exactly these environment variables."""
    process = _context.Process(target=_serve, args=(listener, environment), daemon=True)
    process.start()
    return process


def _serve(listener: socket.socket, environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    # Away from the project's folder, where a developer's own .env may lie.
    sys.path.insert(0, str(ROOT))
    os.chdir(tempfile.gettempdir())
    config = uvicorn.Config("data_api.main:app", access_log=False, log_level="warning")
    uvicorn.Server(config).run(sockets=[listener])
