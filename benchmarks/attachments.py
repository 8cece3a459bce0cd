"""Forty people upload 25 MB each at once: how much memory the processes take, and whether the desk goes on answering.

`python -m benchmarks.attachments`. It starts a data API with one worker and a database of its own. With
`--through pages`, the files are sent to the pages' server, as browsers send them.
"""

import argparse
import os
import statistics
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil

from benchmarks.databases import empty_database
from benchmarks.services import running_data_api, running_ui
from streamlit_app.server.cookies import cookie_name

UPLOADS, MEGABYTES = 40, 25
PATIENCE = 1200.0


def video(number: int) -> bytes:
    """A video of 25 MB that is unlike the others."""
    media = os.urandom(1024) * (MEGABYTES * 1024 - 4)
    boxes = {b"ftyp": b"isom\0\0\2\0isom", b"moov": number.to_bytes(4, "big"), b"mdat": media}
    return b"".join(struct.pack(">I", 8 + len(content)) + name + content for name, content in boxes.items())


def process_of(program: str) -> psutil.Process:
    """Returns the process of this program that this one has started."""
    started = psutil.Process().children(recursive=True)
    return next(process for process in started if any(program in part for part in process.cmdline()))


class Watch:
    """Notes the most memory of the data API, of each of its children and of the pages' server, if it runs, and how long
    a short question takes."""

    def __init__(
        self, url: str, token: dict[str, str], process: psutil.Process, pages: psutil.Process | None = None
    ) -> None:
        self.most, self.most_of_child, self.most_of_pages, self.took = 0.0, 0.0, 0.0, list[float]()
        self._pages = pages
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
            if self._pages:
                self.most_of_pages = max(self.most_of_pages, megabytes(self._pages))
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


@dataclass(frozen=True)
class Entrance:
    """Where files are sent, and with which headers."""

    url: str
    headers: dict[str, str]


def through_pages(pages: str, token: str) -> Entrance:
    host = pages.removeprefix("http://")
    return Entrance(pages, {"Origin": pages, "Cookie": f"{cookie_name(host)}={token}"})


def measure(url: str, pages: str | None) -> None:
    token = httpx.post(f"{url}/sessions", json={"role": "student"}, trust_env=False).json()["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    # One sign-in sends no more than some files at once.
    tokens = [
        httpx.post(f"{url}/sessions", json={"role": "student", "name": f"Student {number}"}, trust_env=False).json()
        for number in range(UPLOADS)
    ]
    entrances = [
        through_pages(pages, one["token"]) if pages else Entrance(url, {"Authorization": f"Bearer {one['token']}"})
        for one in tokens
    ]

    def upload(number: int) -> int:
        entrance = entrances[number % UPLOADS]
        with httpx.Client(base_url=entrance.url, headers=entrance.headers, trust_env=False, timeout=PATIENCE) as client:
            return client.post("/attachments", files={"file": ("a.mp4", BytesIO(video(number)))}).status_code

    process, server = process_of("data_api.main"), process_of("streamlit_app.asgi") if pages else None
    upload(UPLOADS)  # what is loaded at the first one stays
    before, before_of_pages = megabytes(process), megabytes(server) if server else 0.0
    began = time.perf_counter()
    with Watch(url, bearer, process, server) as watch, ThreadPoolExecutor(UPLOADS) as pool:
        statuses = list(pool.map(upload, range(UPLOADS)))
    took = time.perf_counter() - began
    print(f"{UPLOADS} uploads of {MEGABYTES} MB at once: {statuses.count(201)} taken in {took:.1f} s")
    print(f"the data API grew by {watch.most - before:.0f} MB (from {before:.0f} MB)")
    if server:
        grown = watch.most_of_pages - before_of_pages
        print(f"the pages' server grew by {grown:.0f} MB (from {before_of_pages:.0f} MB)")
    print(f"the largest process that checks a file took {watch.most_of_child:.0f} MB")
    slowest, median = max(watch.took) * 1000, statistics.median(watch.took) * 1000
    print(f"a list meanwhile: median {median:.0f} ms, slowest {slowest:.0f} ms, asked {len(watch.took)} times")


def main() -> None:
    parser = argparse.ArgumentParser(description="Forty uploads at once.")
    parser.add_argument("--through", choices=["data-api", "pages"], default="data-api")
    is_through_pages = parser.parse_args().through == "pages"
    with TemporaryDirectory(prefix="lodge-bench-") as folder, ExitStack() as stack:
        Path(folder).chmod(0o755)
        database_url = stack.enter_context(empty_database(Path(folder) / "home", None, "attachments"))
        url = stack.enter_context(running_data_api(database_url, Path(folder)))
        pages = stack.enter_context(running_ui(url, Path(folder))) if is_through_pages else None
        measure(url, pages)


if __name__ == "__main__":
    main()
