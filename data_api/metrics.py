"""The figures of the data API, besides those that every service tells."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from prometheus_client import Counter, Gauge

from data_api.desk.installation import Installation
from data_api.events.broadcaster import Broadcaster
from data_api.kit.database import Database
from service_kit.metrics import Metrics

EVERY_SECONDS = 5.0
OUTCOMES = ("done", "failed", "waiting")


class DataApiMetrics(Metrics):
    """What is open at this moment is noted every few seconds, because another worker may be the one that is asked. The
    worker that is asked notes it at once."""

    def __init__(self, home: Path, shared: Path | None = None) -> None:
        super().__init__(shared)
        self.tell_too(Installation(home))
        self._look: Callable[[], None] = lambda: None
        self._live_streams = Gauge(
            "lodge_live_streams", "Open live streams.", multiprocess_mode="livesum", registry=self.registry
        )
        self._in_use, self._most = [
            Gauge(name, told, ("pool",), multiprocess_mode="livesum", registry=self.registry)
            for name, told in (
                ("lodge_database_connections_in_use", "Connections to the database that work now."),
                ("lodge_database_connections_limit", "Connections to the database that may be open."),
            )
        ]
        self._background_runs = Counter(
            "lodge_background_runs",
            "Runs of background tasks, by what came of them.",
            ("task", "outcome"),
            registry=self.registry,
        )

    def count_run(self, task: str, outcome: str) -> None:
        """Counts one run of a background task; the outcome is one of OUTCOMES. The others are told as 0, because
        Prometheus sees no increase in a series that begins with 1."""
        for each in OUTCOMES:
            self._background_runs.labels(task, each).inc(each == outcome)

    def watch(self, database: Database, broadcaster: Broadcaster) -> None:
        """Names what this process has open."""

        def look() -> None:
            self._live_streams.set(broadcaster.open_streams)
            for pool, in_use in database.connections_in_use().items():
                self._in_use.labels(pool).set(in_use)
                self._most.labels(pool).set(database.connections)

        self._look = look
        look()

    async def keep_noting(self) -> None:
        """Notes every few seconds what is open, until it is cancelled."""
        while True:
            self._look()
            await asyncio.sleep(EVERY_SECONDS)

    def exposition(self) -> bytes:
        self._look()
        return super().exposition()
