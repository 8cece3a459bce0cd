"""The `lodge` command."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lodge.errors import LodgeError
from lodge.terminal import printable

if TYPE_CHECKING:
    from service_kit.settings import Settings

app = typer.Typer(
    help="The campus helpdesk on this machine. Settings are LODGE_… variables: see docs/settings.md.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

# Imports wait until a command needs them, so that `lodge --help` answers at once.


@app.command()
def up(
    empty: Annotated[bool, typer.Option("--empty", help="Start with categories only.")] = False,
    demo: Annotated[bool, typer.Option("--demo", help="Fill an empty desk with a small demo campus.")] = False,
) -> None:
    """Start everything and keep it running. Without an option the desk is as it was left."""
    if empty and demo:
        raise typer.BadParameter("--empty and --demo exclude each other")
    with _told_plainly():
        from lodge import supervisor

        supervisor.up(_settings(), _say, demo=demo)


@app.command()
def seed(
    tickets: Annotated[int, typer.Option(min=1, max=20_000_000, help="How many tickets to make.")],
    seed: Annotated[int, typer.Option(help="The same number makes the same campus.")] = 1,
) -> None:
    """Fill the desk with a plausible campus: people, buildings, tickets, messages, history."""
    with _told_plainly(), _ready_database("seed") as url:
        from lodge.seeding import seed as fill

        fill(url, tickets, seed)


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV, plain or .gz.")],
    mapping: Annotated[Path, typer.Option(exists=True, dir_okay=False, readable=True, help="Which column is what.")],
    skip_refused: Annotated[bool, typer.Option("--skip-refused", help="Import the good rows all the same.")] = False,
) -> None:
    """Import tickets or an event log. A refused row stops it with nothing written."""
    with _told_plainly(), _ready_database("import") as url:
        from lodge.importing import import_file

        import_file(url, file, mapping, skip_refused)


@app.command()
def status() -> None:
    """Show how each service is. Exit code 0 when all are healthy, else 1."""
    from rich.console import Console
    from rich.table import Table

    from lodge.status import read_status

    with _told_plainly():
        rows = read_status(_settings())
    table = Table("Service", "Health", "Address", "Version")
    for row in rows:
        table.add_row(row.name, row.problem or "ok", row.address, row.version or "–")
    Console().print(table)
    raise typer.Exit(1 if any(row.problem for row in rows) else 0)


@contextmanager
def _ready_database(command: str) -> Iterator[str]:
    """The database with the newest schema, beside a running desk or without one."""
    from lodge.outside import desk_database
    from lodge.preparation import prepare

    with desk_database(_settings(), command) as url:
        prepare(url)
        yield url


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Expected failures are a sentence and exit code 1."""
    try:
        yield
    except LodgeError as error:
        typer.echo(f"lodge: {printable(str(error))}", err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _settings() -> "Settings":
    from pydantic import ValidationError

    from contracts.errors import reason
    from service_kit.settings import get_settings

    try:
        return get_settings()
    except ValidationError as error:
        wrong = [f"LODGE_{str(item['loc'][0]).upper()}: {reason(item['msg'])}" for item in error.errors()]
        raise LodgeError("These settings are wrong:\n  " + "\n  ".join(wrong)) from None


def _say(line: str) -> None:
    """A closed terminal must not end the desk."""
    try:
        typer.echo(line)
    except OSError:
        return


if __name__ == "__main__":
    app()
