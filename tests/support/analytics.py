"""The analytics API as people meet it: a process of its own, on a free port, following a database."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx

from tests.support.api import START_SECONDS, Visitor, done
from tests.support.databases import opened_to_analytics
from tests.support.serving import start_server
from warehouse.tables import Definition

KEY = "the-key-of-this-desk"


class Analytics(httpx.Client):
    """A running analytics API, to a stranger: without a token."""

    def __init__(self, url: str, home: Path, process: BaseProcess) -> None:
        self.url = url
        self.home = home
        self.process = process
        # Connections are forgotten before the other side closes them: a request on one that is being closed fails.
        super().__init__(base_url=url, trust_env=False, timeout=60, limits=httpx.Limits(keepalive_expiry=2.0))

    def ask(self, visitor: Visitor, slug: str, *, fresh: bool = True, **parameters: Any) -> dict[str, Any]:
        """An answer as this person gets it; `fresh`: with all that was committed before."""
        headers = {"Authorization": f"Bearer {visitor.token}"} | ({"Cache-Control": "no-cache"} if fresh else {})
        return done(self.get(f"/analyses/{slug}", params=parameters, headers=headers))

    def health(self) -> dict[str, Any]:
        found: dict[str, Any] = self.get("/health").json()
        return found

    def check(self) -> dict[str, Any]:
        """What `lodge check` is answered."""
        return done(self.post("/replica/check", headers={"Authorization": f"Bearer {KEY}"}))


@contextmanager
def running_analytics(database_url: str, data_api_url: str, home: Path, **settings: str) -> Iterator[Analytics]:
    """`home` keeps the replica; `settings` are environment variables. As `lodge up` starts it: with its own role."""
    role_url = opened_to_analytics(database_url, Definition(settings.get("LODGE_TIMEZONE", "UTC"), with_text=False))
    (home / "secrets").mkdir(parents=True, exist_ok=True)
    (home / "secrets" / "desk-key").write_text(KEY)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LODGE_")}
    environment |= {"LODGE_DATABASE_URL": role_url, "LODGE_DATA_API_URL": data_api_url, "LODGE_HOME": str(home)}
    environment |= {"LODGE_LOG_LEVEL": "warning", **settings}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = start_server(listener, environment, "analytics_api.main:app")
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        with Analytics(url, home, process) as analytics:
            _wait_until_healthy(analytics)
            yield analytics
    finally:
        process.kill()
        process.join()


def _wait_until_healthy(analytics: Analytics) -> None:
    deadline = time.monotonic() + START_SECONDS
    while analytics.get("/health").status_code != 200:
        assert analytics.process.is_alive(), "the analytics API ended while starting; its output says why"
        assert time.monotonic() < deadline, f"the analytics API is not healthy: {analytics.health()}"
        time.sleep(0.02)
