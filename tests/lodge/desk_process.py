"""A desk in a process group of its own, as a terminal would start it."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Self
from urllib.error import URLError
from urllib.request import urlopen

import psutil

from lodge.home import Home
from lodge.ports import is_free
from lodge.postgres import running_url, server_processes
from tests.lodge.waiting import wait_until

ROOT = Path(__file__).resolve().parent.parent.parent


# Of the processes that run tests at once, each gives other ports, and none twice: a desk may bind its own much later.
WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_given: set[int] = set()


def free_port() -> int:
    while True:
        port = random.randrange(11_000 + WORKER, 19_000, WORKERS)
        if port not in _given and is_free("127.0.0.1", port):
            _given.add(port)
            return port


class DeskProcess:
    """`lines` is what it has printed so far. `command`: Python's arguments, by default a desk of toy services.
    `settings` are environment variables, such as LODGE_WORKERS: one unless they say otherwise."""

    def __init__(
        self,
        home: Path,
        *arguments: str,
        command: tuple[str, ...] = ("-m", "tests.lodge.toy_desk"),
        ports: tuple[int, int] | None = None,
        database_url: str | None = None,
        **settings: str,
    ) -> None:
        self.home = home
        self.ui_port, self.data_api_port = ports or (free_port(), free_port())
        self.analytics_api_port = free_port()
        self.lines: list[str] = []
        # With these, a command finds this desk.
        self.settings = {
            "LODGE_HOME": str(home),
            "LODGE_UI_PORT": str(self.ui_port),
            "LODGE_DATA_API_PORT": str(self.data_api_port),
            "LODGE_ANALYTICS_API_PORT": str(self.analytics_api_port),
            "LODGE_RATE_LIMITS": "off",
            "LODGE_WORKERS": "1",
            **({"LODGE_DATABASE_URL": database_url} if database_url else {}),
            **settings,
        }
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LODGE_")}
        self.process = subprocess.Popen(
            [sys.executable, *command, *arguments],
            cwd=ROOT,
            env=environment | self.settings | {"PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join(5)
        for process in self.server_processes():
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def wait_for(self, line: str, seconds: float = 120.0, after: int = 0) -> None:
        """Until it has printed a line that begins so; the first `after` lines do not count."""
        wait_until(lambda: self._has_printed(line, after) or self.process.poll() is not None, line, seconds)
        assert self._has_printed(line, after), self.lines

    def _has_printed(self, line: str, after: int) -> bool:
        return any(printed.startswith(line) for printed in self.lines[after:])

    def wait(self, seconds: float = 60.0) -> int:
        code = self.process.wait(seconds)
        self._reader.join(seconds)
        return code

    def interrupt(self) -> None:
        """Ctrl-C: the terminal signals the whole foreground group."""
        os.killpg(self.process.pid, signal.SIGINT)

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def application(self, name: str) -> psutil.Process:
        """The process that serves this one, such as data_api.main:app_from_environment. The database's come and go
        meanwhile."""
        for process in self.family():
            with suppress(psutil.NoSuchProcess):
                if name in process.cmdline():
                    return process
        raise AssertionError(f"nothing serves {name}")

    def service(self, port: int) -> dict[str, Any] | None:
        """What the toy service on the port tells; None when it does not answer."""
        try:
            with urlopen(f"http://127.0.0.1:{port}/", timeout=60) as answer:
                told: dict[str, Any] = json.load(answer)
                return told
        except (URLError, OSError):
            return None

    def database_url(self) -> str:
        return running_url(Home(self.home))

    def server_processes(self) -> list[psutil.Process]:
        return server_processes(Home(self.home).postgres / "18")
