"""`lodge status`: reports the health of each service of this home's desk."""

import asyncio
import os
from dataclasses import dataclass

from lodge.errors import LodgeError
from lodge.folders import name_of
from lodge.home import Home
from lodge.outside import server_version, shown_version
from lodge.postgres import running_url
from lodge.probe import told
from lodge.processes import is_running_as
from lodge.services import Service, services
from lodge.terminal import printable
from lodge.which_database import another_database
from lodge.workers import noted_service
from service_kit.database_url import shown_address
from service_kit.settings import Settings

# What a check of a service's health says, as a sentence. A check that is not listed is told with its name.
SENTENCES = {
    "analyses": "Some analyses are left out: {}.",
    "analytics_api": "Figures are missing: {}.",
    "categories": "Categories are not predicted: {}.",
    "data_api": "The pages cannot be used: {}.",
    "database": "The database is {}.",
    "database_role": "The analytics API {}.",
    "disk": "The disk is {}.",
    "live_events": "Live events are {}.",
    "replica": "The figures are not up to date: {}.",
    "similar_reports": "Similar reports are {}.",
    "sql_lab": "The SQL lab is {}.",
}


@dataclass(frozen=True)
class ServiceStatus:
    """`version` is empty when the service reports none. `problem` is empty unless the service is broken. `remarks` are
    sentences: why it is broken, or what it does without, such as similar reports on a server without pgvector."""

    name: str
    address: str
    version: str = ""
    problem: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def health(self) -> str:
        """Returns "ok", what is wrong in few words, or that the remarks say more."""
        return self.problem or ("ok, see below" if self.remarks else "ok")


def read_status(settings: Settings) -> list[ServiceStatus]:
    """Raises LodgeError when this account may not see what runs in the home."""
    run = Home(settings.home).run
    try:
        owner = run.stat().st_uid
        os.scandir(run).close()
    except PermissionError as error:
        raise LodgeError(f"{run} cannot be read: {error.strerror}. Ask as the account that Lodge runs as.") from error
    except OSError:  # nothing has ever run there
        pass
    else:
        if owner != os.geteuid():  # root could read the folder, but would not believe what stands in it
            raise LodgeError(f"{run} belongs to {name_of(owner)}. Ask as {name_of(owner)}.")
    return [_postgres_status(settings), *asyncio.run(_service_statuses(settings))]


def _postgres_status(settings: Settings) -> ServiceStatus:
    address = "embedded"
    try:
        if told := another_database(settings):
            return ServiceStatus("Postgres", address, problem="is another one", remarks=(told,))
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
    remarks = tuple(_sentence(check, said) for check, said in health.failed_checks.items())
    wrong = "is not healthy" if remarks else "does not answer"
    return ServiceStatus(name, address, printable(health.version), "" if health.is_healthy else wrong, remarks)


def _sentence(check: str, said: str) -> str:
    told = SENTENCES.get(check, f"{check.replace('_', ' ').capitalize()}: {{}}.").replace("{}", said.rstrip("."))
    return printable(told)
