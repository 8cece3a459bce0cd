"""Forty people upload 25 MB each at once: how much memory the processes take, and whether the desk goes on answering.

`python -m benchmarks.attachments`. It starts a data API with one worker and a database of its own.
"""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import httpx
import psutil

from lodge.postgres import running_postgres
from lodge.preparation import prepare
from tests.lodge.waiting import wait_until
from tests.support.homes import make_home
from tests.support.hostile_files import box

UPLOADS, MEGABYTES = 40, 25
PATIENCE = 600.0


def video(number: int) -> bytes:
    """A video of 25 MB that is unlike the others."""
    media = os.urandom(1024) * (MEGABYTES * 1024 - 4)
    return box(b"ftyp", b"isom\0\0\2\0isom") + box(b"moov", number.to_bytes(4, "big")) + box(b"mdat", media)


@contextmanager
def data_api(home: Path, database_url: str) -> Iterator[tuple[str, psutil.Process]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "--factory", "data_api.main:app_from_environment", "--port", str(port)]
    command += ["--http", "service_kit.connections:BoundedConnection", "--no-access-log"]
    settings = {"LODGE_HOME": str(home), "LODGE_DATABASE_URL": database_url, "LODGE_RATE_LIMITS": "off"}
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(command, env=os.environ | settings, stdout=nowhere, stderr=nowhere) as process:
        url = f"http://127.0.0.1:{port}"
        try:
            wait_until(lambda: _is_healthy(url), "the data API", PATIENCE)
            yield url, psutil.Process(process.pid)
        finally:
            process.terminate()


def _is_healthy(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


class Watch:
    """Notes the most memory of the process and of each of its children, and how long a short question takes."""

    def __init__(self, url: str, token: dict[str, str], process: psutil.Process) -> None:
        self.most, self.most_of_child, self.took = 0.0, 0.0, list[float]()
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=self._weigh, args=(process,)),
            threading.Thread(target=self._ask, args=(url, token)),
        ]

    def __enter__(self) -> "Watch":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _weigh(self, process: psutil.Process) -> None:
        while not self._ended.wait(0.05):
            self.most = max(self.most, megabytes(process))
            for child in filter(checks_a_file, process.children(recursive=True)):
                self.most_of_child = max(self.most_of_child, megabytes(child))

    def _ask(self, url: str, token: dict[str, str]) -> None:
        with httpx.Client(base_url=url, headers=token, trust_env=False, timeout=PATIENCE) as client:
            while not self._ended.wait(0.05):
                began = time.perf_counter()
                client.get("/tickets", params={"limit": 20})
                self.took.append(time.perf_counter() - began)


def checks_a_file(process: psutil.Process) -> bool:
    """Whether the process runs its own program already: until then it seems to have its parent's memory."""
    try:
        return "data_api.files.checks.process" in process.cmdline()
    except psutil.Error:
        return False


def megabytes(process: psutil.Process) -> float:
    """Memory of the process alone, without the page cache; 0 if it has ended."""
    try:
        return float(process.memory_info().rss) / 1024**2
    except psutil.Error:
        return 0.0


def measure(url: str, process: psutil.Process) -> None:
    session = httpx.post(f"{url}/sessions", json={"role": "student"}, trust_env=False).json()
    token = {"Authorization": f"Bearer {session['token']}"}

    def upload(number: int) -> int:
        with httpx.Client(base_url=url, headers=token, trust_env=False, timeout=PATIENCE * 2) as client:
            return client.post("/attachments", files={"file": ("a.mp4", BytesIO(video(number)))}).status_code

    upload(UPLOADS)  # what is loaded at the first one stays
    before = megabytes(process)
    began = time.perf_counter()
    with Watch(url, token, process) as watch, ThreadPoolExecutor(UPLOADS) as pool:
        statuses = list(pool.map(upload, range(UPLOADS)))
    took = time.perf_counter() - began
    print(f"{UPLOADS} uploads of {MEGABYTES} MB at once: {statuses.count(201)} taken in {took:.1f} s")
    print(f"the data API grew by {watch.most - before:.0f} MB (from {before:.0f} MB)")
    print(f"the largest process that checks a file took {watch.most_of_child:.0f} MB")
    slowest, median = max(watch.took) * 1000, statistics.median(watch.took) * 1000
    print(f"a list meanwhile: median {median:.0f} ms, slowest {slowest:.0f} ms, asked {len(watch.took)} times")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        home = Path(folder) / "home"
        make_home(home)
        with running_postgres(home, "benchmark") as database_url:
            prepare(database_url)
            with data_api(home, database_url) as (url, process):
                measure(url, process)


if __name__ == "__main__":
    main()
