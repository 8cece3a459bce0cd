"""The real desk under kill -9 while four clients write: nothing acknowledged is lost, nothing is there twice."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from tests.lodge.desk_process import DeskProcess
from tests.lodge.waiting import wait_until

COMMAND = ("-m", "lodge.main", "up")
CLIENTS = 4
# `make bench` measures how long it takes on a quiet machine; here only a failure takes so long.
PATIENCE_SECONDS = 120.0

pytestmark = pytest.mark.timeout(900)


class Writers:
    """Clients that open tickets, each with a key under which it tries again until it is answered."""

    def __init__(self, address: str) -> None:
        self.acknowledged: list[str] = []
        self.refused: list[str] = []
        self._address = address
        self._done = threading.Event()

    def write(self, client_number: int) -> None:
        with httpx.Client(base_url=self._address, timeout=5) as client:
            token = self._until_answered(client, "/sessions", {"role": "student", "name": f"Writer {client_number}"})
            client.headers["Authorization"] = f"Bearer {token.get('token')}"
            number = 0
            while not self._done.is_set():
                number += 1
                key = f"kill-{client_number}-{number}"
                if self._until_answered(client, "/tickets", {"description": key}, key):
                    self.acknowledged.append(key)

    def _until_answered(
        self, client: httpx.Client, path: str, body: dict[str, str], key: str = ""
    ) -> dict[str, object]:
        headers = {"Idempotency-Key": key} if key else {}
        while not self._done.is_set():
            try:
                answer = client.post(path, json=body, headers=headers)
            except httpx.TransportError:
                self._done.wait(0.05)
                continue
            if answer.status_code == 201:
                created: dict[str, object] = answer.json()
                return created
            if answer.status_code < 500:
                self.refused.append(f"{answer.status_code} {answer.text[:200]}")
            self._done.wait(0.05)
        return {}

    def wait_for_more(self, when: str) -> None:
        before = len(self.acknowledged)
        wait_until(lambda: len(self.acknowledged) > before, f"writes {when}", PATIENCE_SECONDS)

    @contextmanager
    def writing(self) -> Iterator[None]:
        threads = [threading.Thread(target=self.write, args=(number,)) for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._done.set()
            for thread in threads:
                thread.join()


def started_desk(home: Path, ports: tuple[int, int] | None = None) -> DeskProcess:
    """Whose data API has two workers: one of them is killed."""
    return DeskProcess(home, command=COMMAND, ports=ports, LODGE_WORKERS="2")


def is_ready(desk: DeskProcess) -> bool:
    addresses = (f"http://127.0.0.1:{desk.ui_port}/_stcore/health", f"http://127.0.0.1:{desk.data_api_port}/health")
    try:
        return all(httpx.get(address, timeout=2).status_code == 200 for address in addresses)
    except httpx.TransportError:
        return False


def child(desk: DeskProcess, is_meant: Callable[[psutil.Process], bool]) -> psutil.Process:
    return next(process for process in psutil.Process(desk.process.pid).children() if is_meant(process))


def a_backend(desk: DeskProcess) -> psutil.Process:
    server = child(desk, lambda process: process.name() == "postgres")
    return next(process for process in server.children() if " lodge lodge " in " ".join(process.cmdline()))


VICTIMS: dict[str, Callable[[DeskProcess], psutil.Process]] = {
    "data API": lambda desk: child(desk, lambda process: "data_api.main:app_from_environment" in process.cmdline()),
    "UI": lambda desk: child(desk, lambda process: "streamlit_app.asgi:app" in process.cmdline()),
    "postmaster": lambda desk: child(desk, lambda process: process.name() == "postgres"),
    "backend": a_backend,
}


def tickets(desk: DeskProcess) -> list[str]:
    with psycopg.connect(desk.database_url()) as connection:
        rows = connection.execute("SELECT description FROM ticket WHERE description LIKE 'kill-%'").fetchall()
    return [row[0] for row in rows]


def is_killed(victim: Callable[[DeskProcess], psutil.Process], desk: DeskProcess) -> bool:
    """A backend may be gone while it is looked for."""
    try:
        victim(desk).kill()
    except (StopIteration, psutil.NoSuchProcess):
        return False
    return True


def kill(name: str, desk: DeskProcess, started: ExitStack) -> DeskProcess:
    """The desk that goes on: the same, or a new one in its place when Lodge itself is killed."""
    if name != "Lodge":
        wait_until(lambda: is_killed(VICTIMS[name], desk), f"a {name} that can be killed")
        return desk
    desk.process.kill()
    desk.wait()
    return started.enter_context(started_desk(desk.home, (desk.ui_port, desk.data_api_port)))


def test_nothing_acknowledged_is_lost(home_path: Path) -> None:
    with ExitStack() as started:
        desk = started.enter_context(started_desk(home_path))
        desk.wait_for("ready", PATIENCE_SECONDS)
        writers = Writers(f"http://127.0.0.1:{desk.data_api_port}")
        with writers.writing():
            for name in [*VICTIMS, "Lodge"]:
                writers.wait_for_more(f"before {name} is killed")
                desk = kill(name, desk, started)
                writers.wait_for_more(f"after {name} was killed")
                wait_until(partial(is_ready, desk), f"ready after {name} was killed", PATIENCE_SECONDS)
        kept = tickets(desk)
        assert set(writers.acknowledged) <= set(kept)
        assert len(kept) == len(set(kept))
        assert writers.refused == []
        desk.interrupt()
        assert desk.wait() == 0
