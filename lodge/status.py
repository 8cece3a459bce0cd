"""`lodge status`: reports the health of each service of this home's desk."""

import asyncio
import os
from dataclasses import dataclass

from lodge.errors import LodgeError
from lodge.home import Home
from lodge.outside import server_version, shown_address, shown_version
from lodge.postgres import running_url
from lodge.probe import told
from lodge.processes import is_running_as
from lodge.services import Service, services
from lodge.terminal import printable
from lodge.workers import noted_service
from service_kit.settings import Settings


@dataclass(frozen=True)
class ServiceStatus:
    """`version` is empty when the service reports none. `problem` is empty unless the service is broken. `remark` says
    what it does without, such as similar reports on a server without pgvector."""

    name: str
    address: str
    version: str = ""
    problem: str = ""
    remark: str = ""


def read_status(settings: Settings) -> list[ServiceStatus]:
    """Raises LodgeError when this account may not see what runs in the home."""
    run = Home(settings.home).run
    try:
        os.scandir(run).close()
    except PermissionError as error:
        raise LodgeError(f"{run} cannot be read: {error.strerror}. Ask as the account that Lodge runs as.") from error
    except OSError:  # nothing has ever run there
        pass
    return [_postgres_status(settings), *asyncio.run(_service_statuses(settings))]


def _postgres_status(settings: Settings) -> ServiceStatus:
    address = "embedded"
    try:
        url = settings.database_url or running_url(Home(settings.home))
        address = shown_address(url)
        return ServiceStatus("Postgres", address, shown_version(server_version(url)))
    except LodgeError:
        return ServiceStatus("Postgres", address, problem="does not answer")


async def _service_statuses(settings: Settings) -> list[ServiceStatus]:
    home = Home(settings.home)
    return [
        status
        for statuses in await asyncio.gather(*(_statuses_of(service, home) for service in services(settings)))
        for status in statuses
    ]


async def _statuses_of(service: Service, home: Home) -> list[ServiceStatus]:
    """Returns the status of each process of the service.

    Only processes that this home's `lodge up` has started are asked: at the same address there may be another desk.
    """
    running = noted_service(home, service)
    if running is None:
        return [ServiceStatus(service.name, service.address, problem="is not running")]
    is_alone = len(running.health_urls) <= 1
    asked = [
        _status_of(service, "" if is_alone else str(number), running.address, url, home)
        for number, url in enumerate(running.health_urls, 1)
    ]
    return await asyncio.gather(*asked)


async def _status_of(service: Service, number: str, address: str, health_url: str, home: Home) -> ServiceStatus:
    name = f"{service.name} {number}".rstrip()
    if not is_running_as(home.run, f"{service.file_name}-{number}".rstrip("-")):
        return ServiceStatus(name, address, problem="is not running")
    health = await told(health_url)
    remarks = printable("; ".join(health.remarks))
    if health.is_healthy:
        return ServiceStatus(name, address, printable(health.version), remark=remarks)
    return ServiceStatus(name, address, printable(health.version), problem=remarks or "does not answer")
