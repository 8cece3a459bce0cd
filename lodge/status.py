"""`lodge status`: reports the health of each service."""

import asyncio
from dataclasses import dataclass

from lodge.errors import LodgeError
from lodge.home import Home
from lodge.outside import server_version, shown_address, shown_version
from lodge.postgres import running_url
from lodge.probe import told
from lodge.services import Service, services
from lodge.terminal import printable
from lodge.workers import noted_health_urls
from service_kit.settings import Settings


@dataclass(frozen=True)
class ServiceStatus:
    """`version` is empty when the service reports none; `problem` is empty when the service is healthy."""

    name: str
    address: str
    version: str = ""
    problem: str = ""


def read_status(settings: Settings) -> list[ServiceStatus]:
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
    asked = [
        (name, service.address, url) for service in services(settings) for name, url in _processes(service, settings)
    ]
    answers = await asyncio.gather(*(told(url) for _, _, url in asked))
    return [
        ServiceStatus(name, address, printable(version), printable(problem))
        for (name, address, _), (version, problem) in zip(asked, answers, strict=True)
    ]


def _processes(service: Service, settings: Settings) -> list[tuple[str, str]]:
    """Returns name and health URL of each process of the service to ask: every worker, or the single process."""
    if urls := noted_health_urls(Home(settings.home), service):
        return [(f"{service.name} {number}", url) for number, url in enumerate(urls, 1)]
    url = service.status_url or service.health_url
    return [(service.name, url)] if url else []
