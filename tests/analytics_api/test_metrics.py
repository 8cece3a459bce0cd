"""The figures of the analytics API."""

import pytest

from analytics_api.metrics import AnalyticsMetrics
from tests.support.analytics import Analytics
from tests.support.api import Visitor
from tests.support.figures import Figures, figures_of, make_metrics_token
from warehouse.errors import NoReplica

SLUG = "active-by-category"


def test_they_tell_of_the_replica_and_of_each_analysis(analytics: Analytics, analyst: Visitor) -> None:
    make_metrics_token(analytics.home)
    analyst.report()
    analytics.ask(analyst, SLUG)
    figures = figures_of(analytics)
    assert figures("lodge_analysis_duration_seconds_count", analysis=SLUG) == 1
    assert figures("lodge_analysis_failures_total", analysis=SLUG) == 0
    assert figures("lodge_http_requests_total", route="/analyses/{slug}", status="200") == 1
    assert figures("lodge_replica_following") == 1
    assert figures("lodge_replica_rows", table="ticket") == 1
    assert 0 <= figures("lodge_replica_lag_seconds") < 60
    health = analytics.head("/health")
    assert (health.status_code, health.content) == (200, b"")


@pytest.mark.parametrize(("error", "failures"), [(ValueError("no such column"), 1), (NoReplica("copying"), 0)])
def test_an_analysis_that_fails_is_counted_and_waiting_for_the_replica_is_not(error: Exception, failures: int) -> None:
    metrics = AnalyticsMetrics()
    with pytest.raises(type(error)), metrics.computing(SLUG):
        raise error
    assert Figures(metrics.exposition().decode())("lodge_analysis_failures_total", analysis=SLUG) == failures
