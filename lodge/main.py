"""The `lodge` command."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
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

# The commands import what they need inside their functions, so that `lodge --help` answers at once.


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
def recategorise(
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only what was opened on this day or later.")
    ] = None,
    imported: Annotated[bool, typer.Option("--imported", help="Also where an import named the category.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Also what people chose; asks first.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Also what the present model has predicted already.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would move; change no ticket.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before what people chose is changed.")] = False,
) -> None:
    """Predict the categories of the tickets that are there anew, but for those that people chose. Ended at any moment,
    it goes on when it is run again."""
    with _told_plainly():
        from lodge.recategorising import Which
        from lodge.recategorising import recategorise as predict_anew
        from service_kit.logs import configure_logs

        _end_tidily()
        configure_logs("warning")  # info messages about training are of no use to the caller
        opened = since.replace(tzinfo=_settings().campus_zone) if since else None
        which = Which(has_imported=imported, has_chosen=everything, is_again=again, since=opened)
        with _ready_database("recategorise") as url:
            predict_anew(url, which, _asking(yes=yes), is_dry=dry_run)


@app.command()
def check() -> None:
    """Compare the replica with the database. Exit code 0 when they are the same, 1 with the first difference if not."""
    from lodge.check import check as compare
    from lodge.check import told

    with _told_plainly():
        found = compare(_settings())
    for analysis in found.unavailable:
        typer.echo(printable(f"The analysis {analysis.slug} cannot run: {analysis.reason}."))
    if found.difference is not None:
        typer.echo(printable(told(found.difference)))
        raise typer.Exit(1)
    rows = sum(found.rows.values())
    typer.echo(
        f"The replica is the database: {rows:,} rows in {len(found.rows)} tables, at {found.as_of:%H:%M:%S} UTC."
    )


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
) -> None:
    """Write the whole desk into one file, which is read back before it gets its name."""
    with _told_plainly():
        from lodge.backup import back_up
        from lodge.backup.saving import check_target
        from lodge.outside import desk_database

        check_target(file, force)
        _end_tidily()
        settings = _settings()
        with desk_database(settings, "backup") as url:
            back_up(url, settings.home, file, force=force)


@app.command()
def restore(
    file: Annotated[Path | None, typer.Argument(help="A file that `lodge backup` wrote.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before a desk with tickets is replaced.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Bring the desk before the last restore back instead.")] = False,
) -> None:
    """Put the desk of a backup in the place of this one. What is damaged is refused before anything is touched."""
    if (file is None) != undo:
        raise typer.BadParameter("name the backup's file, or --undo")
    with _told_plainly():
        from lodge import backup

        _end_tidily()
        if file is None:
            backup.undo(_settings(), _asking(yes=yes))
        else:
            backup.restore(_settings(), file, _asking(yes=yes))


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
    """Gives the URL of the desk's database, migrated to the newest schema, whether the desk is running or not."""
    from lodge.outside import desk_database
    from lodge.preparation import prepare

    with desk_database(_settings(), command) as url:
        prepare(url)
        yield url


def _asking(*, yes: bool) -> Callable[[str], None]:
    """Returns a function that asks a question on the terminal and aborts the command when the answer is no.

    With `yes` the function does not ask.
    """

    def ask(question: str) -> None:
        if not yes:
            typer.confirm(printable(question), abort=True)

    return ask


def _end_tidily() -> None:
    """Makes SIGTERM, as sent by a job's time limit or a shutdown, raise KeyboardInterrupt, so that the command cleans
    up as after Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Prints an expected failure as one sentence and exits with code 1."""
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
    from lodge.folders import check_is_trusted
    from service_kit.settings import get_settings

    check_is_trusted(Path(".env"))
    try:
        return get_settings()
    except ValidationError as error:
        wrong = [f"LODGE_{str(item['loc'][0]).upper()}: {reason(item['msg'])}" for item in error.errors()]
        raise LodgeError("These settings are wrong:\n  " + "\n  ".join(wrong)) from None


def _say(line: str) -> None:
    """Prints the line. A closed terminal must not end the desk, so its error is ignored."""
    try:
        typer.echo(line)
    except OSError:
        return


if __name__ == "__main__":
    app()
