"""What a monitor asks the pages' server: whether it is healthy, and its figures for Prometheus (ADR 34).

The figures are for whoever sends the metrics token straight to this port. Everybody else, and everybody who comes
through a proxy, finds nothing there.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version

import httpx
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Scope
from streamlit.runtime import Runtime
from streamlit.runtime.stats import ACTIVE_SESSIONS_FAMILY, GaugeStat

from contracts.desk import Health
from service_kit.metrics import NO_ROUTE, SECONDS, Metrics
from service_kit.metrics_token import is_metrics_token
from service_kit.origins import came_through_proxy
from streamlit_app.client.environment import analytics_api_url, data_api_url, home
from streamlit_app.server import live_updates

# One question to the services answers everybody who asks in this time, because anybody may ask.
KEPT_SECONDS = 2.0
PATIENCE_SECONDS = 2.0

STREAMLITS = {"/_stcore/health", "/_stcore/host-config", "/_stcore/stream"}
SIGN_IN = {"/enter", "/redeem", "/leave", "/oidc/begin", "/oidc/callback"}
OWN = {
    "/sql/preview",
    "/views/counts",
    "/board/changes",
    "/attachments",
    "/completions/tags",
    "/completions/people",
    "/ticket-export",
    "/time/timer",
    "/time/entries",
    "/health",
    "/metrics",
}
ROUTES = frozenset({*SIGN_IN, *OWN, *STREAMLITS})
FOLDERS = ("/static/", "/media/", "/sql-files/", "/sql/schema/", "/attachments/", "/time/tickets/")


def ui_route(scope: Scope) -> str:
    """Returns the route under which a request is counted. All pages are one: which page it is, is decided by
    Streamlit."""
    path: str = scope["path"]
    if path in ROUTES:
        return path
    if path.startswith("/_stcore/"):
        return NO_ROUTE
    return next((folder for folder in FOLDERS if path.startswith(folder)), "page")


class UiMetrics(Metrics):
    """The figures of this process, besides those that every service tells."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn = Histogram(
            "lodge_ui_run_duration_seconds",
            "Time from a message of the browser to its page's being drawn.",
            buckets=SECONDS,
            registry=self.registry,
        )
        self.refused_sockets = Counter(
            "lodge_ui_sockets_refused", "WebSockets that were one too many.", ("kind",), registry=self.registry
        )
        self.tell_too(OpenNow())


class OpenNow(Collector):
    """What visitors have open, read anew each time."""

    def collect(self) -> Iterator[Metric]:
        tabs = live_updates.open_tabs()
        yield GaugeMetricFamily("lodge_ui_sessions", "Tabs in which a page is open.", value=_sessions())
        yield GaugeMetricFamily("lodge_ui_live_tabs", "Tabs that receive live updates.", value=sum(tabs))
        yield GaugeMetricFamily("lodge_ui_people", "Sign-ins that receive live updates.", value=len(tabs))

    def describe(self) -> Iterator[Metric]:
        """Returns nothing: the registry would otherwise collect everything once, when this is registered."""
        return iter(())


def _sessions() -> float:
    if not Runtime.exists():
        return 0.0
    (stat,) = Runtime.instance().stats_mgr.get_stats([ACTIVE_SESSIONS_FAMILY])[ACTIVE_SESSIONS_FAMILY]
    assert isinstance(stat, GaugeStat)
    return float(stat.value)


class Reach:
    """Whether the two services answer, as they were last asked."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = asyncio.Lock()
        self._asked_at = -KEPT_SECONDS
        self._checks: dict[str, str] = {}

    async def checks(self) -> dict[str, str]:
        """Returns "ok" or what is wrong, by service."""
        async with self._lock:
            if self._clock() - self._asked_at >= KEPT_SECONDS:
                data_api, analytics_api = await asyncio.gather(
                    _health_of("data API", data_api_url()), _health_of("analytics API", analytics_api_url())
                )
                self._checks = {"data_api": data_api, "analytics_api": analytics_api}
                self._asked_at = self._clock()
            return self._checks


async def _health_of(name: str, url: str) -> str:
    try:
        # verify=False: loading the certificates takes long, and the services use plain HTTP.
        async with httpx.AsyncClient(timeout=PATIENCE_SECONDS, trust_env=False, verify=False) as client:  # noqa: S501
            answer = await client.get(f"{url}/health")
    except httpx.HTTPError:
        return f"the {name} does not answer"
    return "ok" if answer.is_success else f"the {name} says that it is not healthy"


metrics = UiMetrics()
reach = Reach()


async def health(_: Request) -> Response:
    """GET: 200 while the pages work, which need the data API, else 503. While only the analytics API is away, the
    status is "degraded" with 200."""
    checks = await reach.checks()
    is_ok = all(check == "ok" for check in checks.values())
    told = Health(status="ok" if is_ok else "degraded", version=version("lodge-helpdesk"), checks=checks)
    status = 200 if checks["data_api"] == "ok" else 503
    return JSONResponse(told.model_dump(mode="json"), status, {"Cache-Control": "no-store"})


async def read_metrics(request: Request) -> Response:
    """GET: the figures of this process in Prometheus's text format."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    is_allowed = scheme.lower() == "bearer" and is_metrics_token(token, home())
    if not is_allowed or came_through_proxy(request.scope):
        return JSONResponse({"detail": "Not found."}, 404)
    return Response(metrics.exposition(), media_type=CONTENT_TYPE_PLAIN_0_0_4, headers={"Cache-Control": "no-store"})


routes = [Route("/health", health), Route("/metrics", read_metrics)]
