"""The figures of the analytics API, besides those that every service tells."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from analytics_api.replica.service import ReplicaService
from service_kit.metrics import SECONDS, Metrics
from warehouse.errors import NoReplica


class AnalyticsMetrics(Metrics):
    def __init__(self) -> None:
        super().__init__()
        self._analysis_seconds = Histogram(
            "lodge_analysis_duration_seconds",
            "Time to compute an answer from the replica.",
            ("analysis",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._analysis_failures = Counter(
            "lodge_analysis_failures", "Answers that could not be computed.", ("analysis",), registry=self.registry
        )

    @contextmanager
    def computing(self, slug: str) -> Iterator[None]:
        """Measures the block, which computes an answer of this analysis. That there is no replica yet is no failure of
        the analysis."""
        failures = self._analysis_failures.labels(slug)
        try:
            with self._analysis_seconds.labels(slug).time():
                yield
        except NoReplica:
            raise
        except Exception:
            failures.inc()
            raise


class ReplicaFigures(Collector):
    """How old the replica is and what it holds, read anew each time."""

    def __init__(self, service: ReplicaService) -> None:
        self._service = service

    def collect(self) -> Iterator[Metric]:
        replica = self._service.health().replica
        yield GaugeMetricFamily(
            "lodge_replica_following", "Whether it follows the database.", value=float(self._service.is_following)
        )
        if replica.lag_seconds is not None:
            yield GaugeMetricFamily(
                "lodge_replica_lag_seconds", "Age of what it reflects.", value=float(replica.lag_seconds)
            )
        rows = GaugeMetricFamily("lodge_replica_rows", "Rows of each table.", labels=["table"])
        for table, number in replica.rows.items():
            rows.add_metric([table], number)
        yield rows

    def describe(self) -> Iterator[Metric]:
        """Returns nothing: the registry would otherwise collect everything once, when this is registered."""
        return iter(())
