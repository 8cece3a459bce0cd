"""The `lodge` command."""

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

try:
    import typer
except ModuleNotFoundError as missing:
    raise SystemExit(f"lodge: The Python package {missing.name} is missing. Run `make install`.") from None

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

admin = typer.Typer(help="Administrators, and links with which people choose a password.", no_args_is_help=True)
app.add_typer(admin, name="admin")

NOTHING_RUNNING = 3  # the exit code with which service managers say that a program is not running

# The commands import what they need inside their functions, so that `lodge --help` answers at once.


def _print_version(is_wanted: bool) -> None:
    from service_kit.version import lodge_version

    if is_wanted:
        typer.echo(f"Lodge {lodge_version()}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Holds the options of the command itself."""


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
        from lodge.logs import launcher_output

        with launcher_output(_settings().log_format, _say) as say:
            supervisor.up(_named_desk(say), say, demo=demo)


@app.command()
def stop() -> None:
    """Stop the running desk, and wait until it is down. Exit code 0 when it was stopped, 3 when nothing was running."""
    with _told_plainly():
        from lodge.stopping import stop as stop_desk

        is_stopped = stop_desk(_named_desk().home)
    typer.echo("The desk is stopped." if is_stopped else "No desk is running there.")
    if not is_stopped:
        raise typer.Exit(NOTHING_RUNNING)


@app.command()
def seed(
    tickets: Annotated[int, typer.Option(min=1, max=20_000_000, help="How many tickets to make.")],
    seed: Annotated[int, typer.Option(help="The same number makes the same campus.")] = 1,
    force: Annotated[bool, typer.Option("--force", help="Also add to a desk that is your own and no demo.")] = False,
) -> None:
    """Fill a new desk, or a demo, with a plausible campus: people, buildings, tickets, messages, history."""
    with _told_plainly(), _ready_database("seed", is_own=False) as url:
        from lodge.demo import check_may_be_seeded, read_contents
        from lodge.home import named_desk
        from lodge.seeding import seed as fill

        if not force:
            check_may_be_seeded(read_contents(url), named_desk(_settings()))
        fill(url, tickets, seed)


@app.command(name="import")
def import_(
    file: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV, plain or .gz.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, readable=True, help="Which column is what.")
    ] = None,
    files: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, readable=True, help="The folder of the attachments that rows name."),
    ] = None,
    skip_refused: Annotated[bool, typer.Option("--skip-refused", help="Import the good rows all the same.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="Show the imports so far instead.")] = False,
    undo: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Delete what this import brought instead; see --list.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before an import is undone.")] = False,
) -> None:
    """Import tickets or an event log. A refused row stops it with nothing written."""
    if [file is not None, list_, undo is not None].count(True) != 1 or (file is None) != (mapping is None):
        raise typer.BadParameter("name a file and its --mapping, or --list, or --undo and a number")
    with _told_plainly(), _ready_database("import", is_own=file is not None) as url:
        from lodge import importing

        if undo is not None:
            importing.undo_import(url, undo, _asking(yes=yes))
        elif file and mapping:
            importing.import_file(url, file, mapping, skip_refused, files=files)
        else:
            importing.list_imports(url)


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
        with _ready_database("recategorise", is_own=False) as url:
            predict_anew(url, which, _asking(yes=yes), is_dry=dry_run)


@app.command()
def check() -> None:
    """Compare the replica with the database. Exit code 0 when they are the same, 1 with the first difference if not."""
    with _told_plainly():
        from lodge.check import check as compare
        from lodge.check import told

        found = compare(_named_desk())
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
def snapshot(
    file: Annotated[Path, typer.Argument(help="The file to write: .duckdb, or .zip for a zip of Parquet files.")],
) -> None:
    """Write what the data team may see into one file, to be asked elsewhere: the replica, with no names and no texts
    that it does not hold. The desk must be running."""
    with _told_plainly():
        from lodge.snapshot import snapshot as write_snapshot

        _end_tidily()
        as_of = write_snapshot(_named_desk(), file)
    typer.echo(f"{printable(str(file))} holds the replica as it was at {as_of:%Y-%m-%d %H:%M:%S} UTC.")


@admin.command()
def create(
    username: Annotated[str, typer.Option(help="What they sign in with.")],
    name: Annotated[str | None, typer.Option(help="What others see; the username if left out.")] = None,
) -> None:
    """Make an administrator who signs in with a password, or make one of somebody who has this username. The password
    is asked for, or read from standard input."""
    with _told_plainly(), _ready_database("admin", is_own=True) as url:
        from lodge.administrators import make_administrator, name_of, new_password, username_of

        username = username_of(username)
        is_new = make_administrator(url, username, new_password(), name_of(name) if name else username)
    who = printable(username)
    typer.echo(f"{who} is an administrator." if is_new else f"{who} is an administrator now, and has a new password.")


@admin.command()
def invite(
    username: Annotated[str | None, typer.Option(help="Somebody who has a username: for a new password.")] = None,
    person: Annotated[
        int | None, typer.Option(min=1, help="Somebody by number: for a username and a password.")
    ] = None,
) -> None:
    """Make a link with which a person chooses a password. It works once."""
    if (username is None) == (person is None):
        raise typer.BadParameter("name --username or --person")
    with _told_plainly(), _ready_database("admin", is_own=False) as url:
        from lodge.administrators import make_link

        made = make_link(url, _settings(), username=username, person_id=person)
    typer.echo(f"{made.link}\nGood once, until {made.expires_at:%Y-%m-%d %H:%M} UTC. Give it to nobody else.")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
) -> None:
    """Write the whole desk into one file, which is read back before it gets its name."""
    with _told_plainly():
        from lodge.backup import back_up
        from lodge.backup.saving import check_target
        from lodge.backup.stored_files import storage_of
        from lodge.outside import desk_database

        settings = _named_desk()
        check_target(file, force)
        _end_tidily()
        with desk_database(settings, "backup") as url:
            back_up(url, settings.home, file, storage=storage_of(settings), force=force)


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

        settings = _named_desk()
        _end_tidily()
        if file is None:
            backup.undo(settings, _asking(yes=yes))
        else:
            backup.restore(settings, file, _asking(yes=yes))


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object instead of a table.")] = False,
) -> None:
    """Show how each service of this desk is. Exit code 0 when none is broken, else 1."""
    with _told_plainly():
        from rich.console import Console
        from rich.table import Column, Table

        from lodge.home import Home
        from lodge.status import read_status
        from service_kit.version import lodge_version

        settings = _settings() if as_json else _named_desk()
        rows = read_status(settings)
    is_broken = any(row.problem for row in rows)
    if as_json:
        desk = {"desk": settings.desk_name, "home": str(Home(settings.home).path), "version": lodge_version()}
        services = [asdict(row) | {"status": "broken" if row.problem else "ok"} for row in rows]
        typer.echo(json.dumps(desk | {"status": "broken" if is_broken else "ok", "services": services}, indent=2))
    else:
        table = Table(*(Column(name, overflow="fold") for name in ("Service", "Health", "Address", "Version")))
        for row in rows:
            table.add_row(row.name, row.health, row.address, row.version or "–")
        Console().print(table)
        for row in rows:
            for remark in row.remarks:
                typer.echo(f"{row.name}: {remark}")
    raise typer.Exit(1 if is_broken else 0)


@contextmanager
def _ready_database(command: str, *, is_own: bool) -> Iterator[str]:
    """Gives the URL of the desk's database, migrated to the newest schema, whether the desk is running or not.

    With `is_own`, a new desk is somebody's own from now on; otherwise it can still become a demo.
    """
    from lodge.outside import desk_database
    from lodge.preparation import check_runs_this_version
    from lodge.upgrading import make_ready

    settings = _named_desk()
    with desk_database(settings, command) as url:
        check_runs_this_version(url, settings.home)
        make_ready(url, settings, _say, is_own=is_own)
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
        from lodge.packages import check_packages

        check_packages()
        yield
    except LodgeError as error:
        typer.echo(f"lodge: {printable(str(error))}", err=True)
        raise typer.Exit(1) from None
    except OSError as error:
        from service_kit.disk import means_full_disk

        if not means_full_disk(error):
            raise
        where = f" ({error.filename})" if error.filename else ""
        typer.echo(f"lodge: The disk is full{printable(where)}. Make room and try again.", err=True)
        raise typer.Exit(1) from None
    except ImportError as error:
        package = (error.name or "lodge").partition(".")[0]
        if _is_ours(package):
            raise
        typer.echo(f"lodge: The Python package {package} cannot be used: {error}. Run `make install`.", err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _is_ours(package: str) -> bool:
    """Returns whether a package is one of the sources: if such a package cannot be imported, none is missing."""
    return (Path(__file__).resolve().parent.parent / package).exists()


def _settings() -> "Settings":
    from pydantic import ValidationError

    from lodge.folders import check_is_readable, check_is_trusted
    from lodge.wrong_settings import invalid_values, unknown_names
    from service_kit.settings import get_settings, settings_file

    check_is_trusted(settings_file())
    check_is_readable(settings_file())
    settings, wrong = None, unknown_names()
    try:
        settings = get_settings()
    except ValidationError as error:
        wrong += invalid_values(error)
    if settings is None or wrong:
        raise LodgeError("These settings are wrong:\n  " + "\n  ".join(wrong))
    return settings


def _say(line: str) -> None:
    """Prints the line. A closed terminal must not end the desk, so its error is ignored."""
    try:
        typer.echo(line)
    except OSError:
        return


def _named_desk(say: Callable[[str], None] = _say) -> "Settings":
    """Returns the settings, and says which desk they lead to: the command may have been meant for another one."""
    from lodge.home import named_desk

    settings = _settings()
    say(printable(named_desk(settings)))
    return settings


if __name__ == "__main__":
    app()
