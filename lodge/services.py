"""The services of a desk. A new service needs only an entry in `services()`."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lodge.ports import reachable_host
from service_kit.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
# Enough for the database server and the replica to go on: the server's log (WAL) grows in files of 16 MB.
KEEP_FREE_MB = 256
LOOPBACK_ADDRESSES = "127.0.0.1,::1"


@dataclass(frozen=True)
class Service:
    """One service. With `health_url` None it counts as healthy while its process runs. With `uses_database` it starts
    after the migrations and receives the database's URL. `lodge status` asks `status_url`, if that is not the
    `health_url`. `workers` is the number of processes that share its port."""

    name: str
    arguments: tuple[str, ...]  # for uvicorn
    address: str
    health_url: str | None = None
    status_url: str | None = None
    port: int | None = None
    port_setting: str = ""
    workers: int = 1
    uses_database: bool = True
    reads_figures_only: bool = False  # it receives the analytics role, which may read only what the replica holds
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def file_name(self) -> str:
        return self.name.lower().replace(" ", "-")


def services(settings: Settings) -> list[Service]:
    data_api = f"http://{reachable_host(settings.host)}:{settings.data_api_port}"
    analytics_api = f"http://{reachable_host(settings.host)}:{settings.analytics_api_port}"
    ui = f"http://{reachable_host(settings.host)}:{settings.ui_port}"
    return [
        Service(
            name="UI",
            arguments=(
                *uvicorn_arguments("streamlit_app.asgi:app", settings.host, settings.ui_port, _proxies(settings)),
                *_STREAMLIT_SERVER,
            ),
            address=ui,
            # The pages are not started again because another service is away, so the watch asks them about themselves.
            health_url=f"{ui}/_stcore/health",
            status_url=f"{ui}/health",
            port=settings.ui_port,
            port_setting="LODGE_UI_PORT",
            uses_database=False,
            environment={"LODGE_DATA_API_URL": data_api, "LODGE_ANALYTICS_API_URL": analytics_api},
        ),
        Service(
            name="data API",
            arguments=_api_arguments("data_api", settings.host, settings.data_api_port),
            address=data_api,
            health_url=f"{data_api}/health",
            port=settings.data_api_port,
            port_setting="LODGE_DATA_API_PORT",
            workers=settings.workers,
            # No other process needs it.
            environment={"LODGE_OIDC_CLIENT_SECRET": settings.oidc_secret},
        ),
        Service(
            name="analytics API",
            arguments=_api_arguments("analytics_api", settings.host, settings.analytics_api_port),
            address=analytics_api,
            health_url=f"{analytics_api}/health",
            port=settings.analytics_api_port,
            port_setting="LODGE_ANALYTICS_API_PORT",
            reads_figures_only=True,
            environment={"LODGE_DATA_API_URL": data_api},
        ),
    ]


# The same options as `streamlit run` gives to uvicorn, except for a smaller message size. A message from the browser
# holds a few typed texts of up to 20,000 characters, and the server buffers whole messages even before sign-in.
_STREAMLIT_SERVER = (
    *("--ws-max-size", str(512 * 1024)),
    *("--ws-ping-interval", "30", "--ws-ping-timeout", "30", "--ws-per-message-deflate", "false"),
)


def _proxies(settings: Settings) -> str:
    """Returns the proxies whose headers the UI trusts for a visitor's address.

    LODGE_PUBLIC_URL means that there is a proxy; unless LODGE_TRUSTED_PROXIES names it, it is expected on this machine.
    """
    return settings.trusted_proxies or (LOOPBACK_ADDRESSES if settings.public_url else "")


def uvicorn_arguments(app: str, host: str, port: int, proxies: str = "") -> tuple[str, ...]:
    address = ("--host", host, "--port", str(port))
    bounds = ("--http", "service_kit.connections:BoundedConnection", "--ws", "service_kit.connections:BoundedSocket")
    # Rate limits count by the visitor's address, which is the connection's unless a trusted proxy reports another.
    visitor = ("--forwarded-allow-ips", proxies) if proxies else ("--no-proxy-headers",)
    # Live event streams never end by themselves, so a shutdown waits for them no longer than these seconds.
    return (app, *address, *bounds, *visitor, "--no-access-log", "--timeout-graceful-shutdown", "2")


def _api_arguments(package: str, host: str, port: int) -> tuple[str, ...]:
    return (*uvicorn_arguments(f"{package}.main:app_from_environment", host, port), "--factory")


def keep_free_mb(settings: Settings) -> int:
    """Returns the setting, or its default: with a server of the administrator's own, changes go to another disk."""
    if settings.keep_free_mb is not None:
        return settings.keep_free_mb
    return 0 if settings.database_url else KEEP_FREE_MB


def service_command(service: Service, of_worker: Sequence[str] = ()) -> tuple[str, ...]:
    """Returns the command that starts the service. `of_worker` holds the arguments of one of its workers; without it
    the process serves alone and opens the port itself."""
    server = ("service_kit.serve", *of_worker) if of_worker else ("uvicorn",)
    return (sys.executable, "-m", *server, *service.arguments)


def settings_environment(
    settings: Settings, database_url: str | None, analytics_url: str | None = None
) -> dict[str, str]:
    """Returns the caller's environment plus every setting as Lodge has read it, which overrides a `.env` in the child's
    folder.

    A None URL, such as for a child that must not know the database, becomes an empty variable and so hides a URL in
    `.env` too. So does the secret for the identity provider.
    """
    values = settings.model_dump(mode="json", exclude_none=True)
    values |= {
        "keep_free_mb": keep_free_mb(settings),
        "home": str(settings.home.expanduser().resolve()),
        "database_url": database_url or "",
        "analytics_database_url": analytics_url or "",
        "public_url": settings.public_url or "",
        "students_see": settings.students_may_see,
        "oidc_client_secret": "",
    }
    told = {f"LODGE_{name.upper()}": str(value) for name, value in values.items()}
    return dict(os.environ) | told | {"PYTHONUNBUFFERED": "1"}
