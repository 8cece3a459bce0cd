"""Runs a data API in a fresh process that shares no loaded libraries with the tests' other services."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.api import Api
from tests.support.serving import ROOT, START_SECONDS


@contextmanager
def running_api_alone(database_url: str, *first_folders: str, **settings: str) -> Iterator[Api]:
    """Gives a data API that imports packages from `first_folders` first. `settings` are environment variables."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LODGE_")}
    environment |= {"LODGE_DATABASE_URL": database_url, "LODGE_RATE_LIMITS": "off", "LODGE_LOG_LEVEL": "error"}
    environment |= {"PYTHONPATH": os.pathsep.join([*first_folders, str(ROOT)]), **settings}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [sys.executable, "-m", "uvicorn", "--factory", "data_api.main:app_from_environment"]
        process = subprocess.Popen(
            [*command, "--fd", str(listener.fileno()), "--log-level", "warning"],
            env=environment,
            pass_fds=[listener.fileno()],
            cwd=tempfile.gettempdir(),
        )
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        with Api(url, database_url) as api:
            deadline = time.monotonic() + START_SECONDS
            while api.get("/health", timeout=START_SECONDS).status_code != 200:
                assert process.poll() is None, "the data API ended while starting; its output says why"
                assert time.monotonic() < deadline, "the data API is not healthy"
            yield api
    finally:
        process.kill()
        process.wait()
