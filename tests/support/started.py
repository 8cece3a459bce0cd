"""Services that a test runs by itself, as if `lodge up` had started them: commands ask no others."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from lodge.home import Home
from lodge.processes import remember
from lodge.services import services
from lodge.workers import noted_workers
from service_kit.settings import Settings


@contextmanager
def as_started(home_path: Path, addresses: dict[str, str], pid: int | None = None) -> Iterator[dict[str, str]]:
    """`addresses` by the service's name; `pid` is the process that serves them, else this one. Gives the settings of
    the desk as environment variables."""
    home = Home(home_path)
    home.make()
    with ExitStack() as noted:
        for service in services(Settings(home=home_path, _env_file=None)):
            if address := addresses.get(service.name):
                remember(home.run, service.file_name, pid or os.getpid())
                there = replace(service, address=address, health_url=f"{address}/health", status_url=None)
                noted.enter_context(noted_workers(home, there, []))
        yield {"LODGE_HOME": str(home_path)}
