"""`lodge up` with the services that are named, because others only make a test longer."""

import sys

import typer

from lodge.errors import LodgeError
from lodge.services import services
from lodge.supervisor import keep_up
from service_kit.settings import get_settings


def main() -> None:
    settings = get_settings()
    wanted = [service for service in services(settings) if service.name in sys.argv[1:]]
    try:
        keep_up(wanted, ("-m", "lodge.upgrading"), settings, typer.echo)
    except LodgeError as error:
        sys.exit(f"lodge: {error}")


if __name__ == "__main__":
    main()
