"""Forty people upload 25 MB each at once: how much memory the processes take, and whether the desk goes on answering.

`python -m benchmarks.attachments`. It starts a data API with one worker and a database of its own.
"""

import os
import statistics
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil

from benchmarks.databases import empty_database
from benchmarks.services import running_data_api

UPLOADS, MEGABYTES = 40, 25
PATIENCE = 1200.0


def video(number: int) -> bytes:
    """A video of 25 MB that is unlike the others."""
    media = os.urandom(1024) * (MEGABYTES * 1024 - 4)
    boxes = {b"ftyp": b"isom\0\0\2\0isom", b"moov": number.to_bytes(4, "big"), b"mdat": media}
    return b"".join(struct.pack(">I", 8 + len(content)) + name + content for name, content in boxes.items())


def data_api_process() -> psutil.Process:
    """Returns the process that this one has started."""
    started = psutil.Process().children(recursive=True)
    return next(process for process in started if any("data_api.main" in part for part in process.cmdline()))


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
        with httpx.Client(base_url=url, headers=token, trust_env=False, timeout=PATIENCE) as client:
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
    with TemporaryDirectory(prefix="lodge-bench-") as folder:
        Path(folder).chmod(0o755)
        with (
            empty_database(Path(folder) / "home", None, "attachments") as database_url,
            running_data_api(database_url, Path(folder)) as url,
        ):
            measure(url, data_api_process())


if __name__ == "__main__":
    main()
