"""`python -m benchmarks.metrics`: the processor time to count one request, and to tell the figures."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data_api.metrics import DataApiMetrics
from service_kit.metrics import MeasuredRequests
from service_kit.metrics_files import clear_metrics, count_together, make_metrics_files, metrics_folder

REQUESTS, ROUNDS = 20_000, 9
ROUTES, WORKERS = 60, 4
STATUSES = (200, 201, 404, 422)


class Route:
    path = "/tickets/{ticket_id}/messages"


async def _answer(_: Scope, __: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def _nothing(_: Message) -> None: ...


async def _no_message() -> Message:
    return {}


async def _microseconds(app: ASGIApp) -> float:
    """Returns the median over some rounds of the mean processor time of a request."""
    scope = {"type": "http", "method": "GET", "path": "/", "route": Route}
    means = []
    for _ in range(ROUNDS):
        began = time.thread_time()
        for _ in range(REQUESTS):
            await app(scope, _no_message, _nothing)
        means.append((time.thread_time() - began) / REQUESTS * 1e6)
    return statistics.median(means)


def _milliseconds(tell: Callable[[], bytes]) -> tuple[float, int]:
    took, size = [], 0
    for _ in range(ROUNDS):
        began = time.thread_time()
        size = len(tell())
        took.append((time.thread_time() - began) * 1e3)
    return statistics.median(took), size


def _of_worker(home: Path, worker: int) -> DataApiMetrics:
    """Returns the metrics of a worker that has counted requests of all routes."""
    make_metrics_files(home, worker)
    count_together(home, worker)
    metrics = DataApiMetrics(home, metrics_folder(home))
    for number in range(ROUTES):
        for status in STATUSES:
            metrics.count_request("GET", f"/resources-{number}/{{number}}/parts", status, 0.01)
    return metrics


def main() -> None:
    bare = asyncio.run(_microseconds(_answer))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        alone = asyncio.run(_microseconds(MeasuredRequests(_answer, DataApiMetrics(home))))
        (home / "run").mkdir()
        clear_metrics(home)
        metrics = [_of_worker(home, worker) for worker in range(1, WORKERS + 1)][-1]
        together = asyncio.run(_microseconds(MeasuredRequests(_answer, metrics)))
        took, size = _milliseconds(metrics.exposition)
    print(f"counting a request: {alone - bare:.1f} µs in memory, {together - bare:.1f} µs in a worker's files")
    print(f"telling {WORKERS} workers' figures of {ROUTES} routes: {took:.0f} ms, {size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
