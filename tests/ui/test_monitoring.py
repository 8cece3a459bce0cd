"""What a monitor gets from the pages' server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from service_kit.metrics import MeasuredRequests
from streamlit_app.client import environment
from streamlit_app.server import monitoring, sign_in
from streamlit_app.server.security import Gate
from tests.support.analytics import Analytics
from tests.support.figures import TOKEN, figures_of, make_metrics_token
from tests.support.samples import keys, sample
from tests.ui.conftest import NOWHERE, ask_at

KEPT = (
    environment.answered_names,
    environment.is_closed_to_proxies,
    environment.public_url,
    environment.home,
)


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The pages' server without Streamlit inside."""
    make_metrics_token(tmp_path)
    monkeypatch.setenv("LODGE_HOME", str(tmp_path))
    monkeypatch.setattr(monitoring, "reach", monitoring.Reach())
    metrics = monitoring.UiMetrics()
    monkeypatch.setattr(monitoring, "metrics", metrics)
    for kept in KEPT:
        kept.cache_clear()
    counted = Middleware(MeasuredRequests, metrics=metrics, route_of=monitoring.ui_route)
    app = Starlette(routes=[*monitoring.routes, *sign_in.routes], middleware=[counted, Middleware(Gate)])
    yield TestClient(app, base_url="http://127.0.0.1:8501")
    for kept in KEPT:
        kept.cache_clear()


@pytest.mark.usefixtures("_figures")
def test_health_says_that_both_services_are_reached(pages: TestClient) -> None:
    told = pages.get("/health")
    assert (told.status_code, told.json()["status"]) == (200, "ok")
    assert told.json()["checks"] == {"data_api": "ok", "analytics_api": "ok"}
    assert keys(sample("monitoring.md", '"data_api"')) == keys(told.json())
    assert pages.head("/health").status_code == 200
    assert pages.options("/health").status_code == 405


def test_without_figures_the_pages_are_degraded_and_without_the_desk_they_are_not_well(
    pages: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = pages.get("/health")
    assert (told.status_code, told.json()["status"]) == (200, "degraded")
    assert told.json()["checks"] == {"data_api": "ok", "analytics_api": "the analytics API does not answer"}
    monkeypatch.setenv("LODGE_DATA_API_URL", NOWHERE)
    environment.data_api_url.cache_clear()
    assert pages.get("/health").status_code == 200, "many who ask are answered with what was found out just now"
    monkeypatch.setattr(monitoring, "reach", monitoring.Reach())
    assert pages.get("/health").status_code == 503
    assert pages.head("/health").status_code == 503


def test_a_service_that_is_not_well_is_told(
    pages: TestClient, analytics: Analytics, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_at(f"{analytics.url}/nothing", monkeypatch)
    assert pages.get("/health").json()["checks"]["analytics_api"] == "the analytics API says that it is not healthy"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": "203.0.113.9"},
    ],
)
def test_the_public_finds_no_figures(
    pages: TestClient, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]
) -> None:
    monkeypatch.setenv("LODGE_CHOICE_ANYWHERE", "yes")
    answer = pages.get("/metrics", headers=headers)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
    assert pages.get("/_stcore/metrics", headers=headers).status_code == 404


def test_who_sends_the_token_to_this_port_reads_them(pages: TestClient) -> None:
    for path in ("/queue", "/ticket?id=7", "/static/js/index.x.js", "/_stcore/anything", "/enter"):
        pages.get(path)
    pages.post("/enter", json={"role": "student"}, headers={"Origin": "http://127.0.0.1:8501"})
    monitoring.metrics.drawn.observe(0.3)
    figures = figures_of(pages)
    assert figures.labels("lodge_http_requests_total", "route") == {"page", "/static/", "none", "/enter"}
    assert figures("lodge_http_requests_total", route="page") == 2
    assert figures("lodge_http_requests_total", route="/enter", status="204") == 1
    assert figures("lodge_ui_run_duration_seconds_count") == 1
    assert (figures("lodge_ui_sessions"), figures("lodge_ui_live_tabs"), figures("lodge_ui_people")) == (0, 0, 0)
