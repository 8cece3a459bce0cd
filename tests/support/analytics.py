"""Runs an analytics API for tests: over HTTP, on a free port, following a database. The test's own process serves it,
unless the test is going to kill it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from analytics_api.main import create_app
from service_kit.logs import configure_logs
from service_kit.settings import Settings
from tests.lodge.waiting import wait_until
from tests.support.api import Visitor, done
from tests.support.databases import opened_to_analytics
from tests.support.serving import START_SECONDS, served, server_config, settings_of, start_process
from warehouse.catalogue import FOLDER
from warehouse.tables import Definition

KEY = "the-key-of-this-desk"
# Much longer than the product's limit, for busy machines. That the product gives up sooner has its own test.
FRESH_SECONDS = 30.0


class Analytics(httpx.Client):
    """A client of a running analytics API that sends no token."""

    def __init__(self, url: str, home: Path) -> None:
        self.url = url
        self.home = home
        # Idle connections are dropped before the server closes them: a request on a closing connection would fail.
        limits = httpx.Limits(keepalive_expiry=2.0)
        super().__init__(base_url=url, trust_env=False, timeout=60, limits=limits, verify=False)

    def ask(self, visitor: Visitor, slug: str, *, fresh: bool = True, **parameters: Any) -> dict[str, Any]:
        """Returns the answer for this person. With `fresh`, it includes everything that was committed before."""
        headers = {"Authorization": f"Bearer {visitor.token}"} | ({"Cache-Control": "no-cache"} if fresh else {})
        return done(self.get(f"/analyses/{slug}", params=parameters, headers=headers))

    def health(self) -> dict[str, Any]:
        found: dict[str, Any] = self.get("/health").json()
        return found

    def check(self) -> dict[str, Any]:
        """Returns the answer that `lodge check` gets."""
        return done(self.post("/replica/check", headers={"Authorization": f"Bearer {KEY}"}))


class KillableAnalytics(Analytics):
    """An analytics API in a process of its own, which a test may kill or suspend."""

    def __init__(self, url: str, home: Path, process: BaseProcess) -> None:
        self.process = process
        super().__init__(url, home)


@contextmanager
def running_analytics(
    database_url: str,
    data_api_url: str,
    home: Path,
    *,
    analyses: Path = FOLDER,
    statements_at_once: int | None = None,
    **settings: str,
) -> Iterator[Analytics]:
    """Gives an analytics API whose replica is in `home`. `settings` are environment variables; `analyses` is the folder
    of the analyses' files; `statements_at_once` is for machines with few processors."""
    read = _settings(database_url, data_api_url, home, settings)
    app = create_app(read, fresh_seconds=FRESH_SECONDS, analyses_folder=analyses, statements_at_once=statements_at_once)
    with served(app) as url, Analytics(url, home) as analytics:
        _wait_until_healthy(analytics)
        yield analytics


@contextmanager
def killable_analytics(database_url: str, data_api_url: str, home: Path) -> Iterator[KillableAnalytics]:
    """Gives an analytics API in a process of its own, which is killed at the end."""
    read = _settings(database_url, data_api_url, home, {})
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # The process inherits the open socket, so that no other program can take the port in between.
        process = start_process(_serve, read, listener)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        with KillableAnalytics(url, home, process) as analytics:
            _wait_until_healthy(analytics, process)
            yield analytics
    finally:
        process.kill()
        process.join()


def _settings(database_url: str, data_api_url: str, home: Path, settings: dict[str, str]) -> Settings:
    """Returns settings like those that `lodge up` gives: the analytics role, and a home with the desk key."""
    role_url = opened_to_analytics(database_url, Definition(settings.get("LODGE_TIMEZONE", "UTC"), with_text=False))
    (home / "secrets").mkdir(parents=True, exist_ok=True)
    (home / "secrets" / "desk-key").write_text(KEY)
    addresses = {"LODGE_DATABASE_URL": role_url, "LODGE_DATA_API_URL": data_api_url, "LODGE_HOME": str(home)}
    return settings_of(**addresses, **settings)


def _serve(settings: Settings, listener: socket.socket) -> None:
    configure_logs("warning")
    app = create_app(settings, fresh_seconds=FRESH_SECONDS)
    uvicorn.Server(server_config(app)).run(sockets=[listener])


def _wait_until_healthy(analytics: Analytics, process: BaseProcess | None = None) -> None:
    def is_healthy() -> bool:
        assert process is None or process.is_alive(), "the analytics API ended while starting; its output says why"
        return analytics.get("/health").status_code == 200

    wait_until(is_healthy, "the analytics API is healthy", START_SECONDS)
