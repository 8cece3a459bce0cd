"""The figures of a service for Prometheus, and the middleware that counts its requests (ADR 34).

Labels have few values: a request is counted under the template of its route, never under its path, which holds ids.
"""

import time
from collections.abc import Callable
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The moments at which series began: the multi-process mode does not know them, and Prometheus does not need them.
disable_created_metrics()

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
NO_ROUTE = "none"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The figures of one application. `shared`: the folder in which several processes of one service count together;
    each of them then tells the figures of all."""

    def __init__(self, shared: Path | None = None) -> None:
        self.registry = CollectorRegistry()
        # The service's own metrics must not be registered where the files are read: they would be told twice.
        self._told = CollectorRegistry() if shared else self.registry
        if shared:
            MultiProcessCollector(self._told, str(shared))
        self._requests = Counter(
            "lodge_http_requests", "Answered requests.", ("method", "route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "lodge_http_request_duration_seconds",
            "Time until the answer began.",
            ("method", "route"),
            buckets=SECONDS,
            registry=self.registry,
        )

    def tell_too(self, collector: Collector) -> None:
        """Adds figures that are read anew for each answer, and are the same in all processes of the service."""
        self._told.register(collector)

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        method = method if method in METHODS else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def exposition(self) -> bytes:
        """Returns all figures in Prometheus's text format."""
        return generate_latest(self._told)


def route_template(scope: Scope) -> str:
    """Returns the template of the route that took the request, such as `/tickets/{ticket_id}`."""
    return str(getattr(scope.get("route"), "path", NO_ROUTE))


class MeasuredRequests:
    """Middleware: counts each request, with the time until its answer began. A live stream is counted when it opens."""

    def __init__(
        self,
        app: ASGIApp,
        metrics: Metrics,
        route_of: Callable[[Scope], str] = route_template,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.app = app
        self.metrics = metrics
        self.route_of = route_of
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = self.clock()

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                route, seconds = self.route_of(scope), self.clock() - began
                self.metrics.count_request(scope["method"], route, message["status"], seconds)
            await send(message)

        await self.app(scope, receive, send_counted)
