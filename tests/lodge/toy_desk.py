"""`lodge up` with toy services in place of the real ones. With `--broken` one of them cannot start; with
`--impatient` one that hangs is noticed soon; with `--polite` one that is asked to end is waited for, and not killed."""

import signal
import sys
from functools import partial

import typer

from lodge import watched
from lodge.errors import LodgeError
from lodge.logs import launcher_output
from lodge.processes import Program
from lodge.services import Service
from lodge.supervisor import keep_up
from lodge.watch import Patience
from service_kit.settings import get_settings


def toy(
    name: str, port: int, setting: str, *, uses_database: bool, application: str = "app", workers: int = 1
) -> Service:
    address = f"http://127.0.0.1:{port}"
    module = f"tests.lodge.toy_service:{application}"
    return Service(
        name=name,
        arguments=(module, "--port", str(port)),
        address=address,
        health_url=f"{address}/health",
        port=port,
        port_setting=setting,
        workers=workers,
        uses_database=uses_database,
    )


def main() -> None:
    settings = get_settings()
    patience = Patience(checks=3, seconds=2.0) if "--impatient" in sys.argv else None
    if "--polite" in sys.argv:
        # Longer than any test waits, however busy the machine is.
        stop = ((signal.SIGTERM, 600.0), (signal.SIGKILL, 5.0))
        watched.Program = partial(Program, stop=stop)  # type: ignore[assignment, attr-defined]
    application = "missing" if "--broken" in sys.argv else "app"
    wanted = [
        toy("UI", settings.ui_port, "LODGE_UI_PORT", uses_database=False),
        toy(
            "data API",
            settings.data_api_port,
            "LODGE_DATA_API_PORT",
            uses_database=True,
            application=application,
            workers=settings.workers,
        ),
    ]
    try:
        with launcher_output(settings.log_format, typer.echo) as say:
            keep_up(wanted, ("-c", ""), settings, say, patience)
    except LodgeError as error:
        sys.exit(f"lodge: {error}")


if __name__ == "__main__":
    main()
