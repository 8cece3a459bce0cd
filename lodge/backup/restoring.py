"""`lodge restore`."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from rich.console import Console
from sqlalchemy import NullPool, create_engine

from data_api.kit.database import driver_url
from data_api.similar.tables import make_tables
from lodge.analytics_access import open_to_analytics
from lodge.backup import programs
from lodge.backup.archive import Archive, opened_archive
from lodge.backup.home_files import is_kept, put_back
from lodge.backup.manifest import Manifest
from lodge.backup.programs import Entry
from lodge.backup.progress import Steps, entries, steps
from lodge.backup.repository import (
    count_rows,
    count_tickets,
    forget_foreign_transactions,
    is_pristine,
    revoke_sign_ins,
    tidy,
)
from lodge.backup.signals import uninterrupted
from lodge.backup.stored_files import keep_aside, keep_only, no_sweep, put_stored
from lodge.backup.swapping import AS_IT_WAS, Beside, database_beside
from lodge.backup.verifying import DUMP, verify
from lodge.errors import LodgeError
from lodge.home import Home
from lodge.outside import desk_database
from lodge.preparation import applied_revision, check_runs_this_version, has_tickets, migrate, prepare
from lodge.terminal import printable
from service_kit.database_url import libpq_url, shown_address
from service_kit.settings import Settings

UNPACKED = "restore-"
WORTH_A_WORD = (
    "TABLE public",
    "VIEW",
    "MATERIALIZED VIEW",
    "FUNCTION",
    "PROCEDURE",
    "TRIGGER",
    "RULE",
    "EVENT TRIGGER",
    "EXTENSION",
)
Ask = Callable[[str], object]  # raises when the answer is no


def restore(settings: Settings, source: Path, ask: Ask, console: Console | None = None) -> None:
    """Replaces this desk, running or not, by that of a backup. If this desk has tickets, `ask` is called first.

    Raises LodgeError and leaves the desk as it was when the archive is refused or anything fails on the way.
    """
    console = console or Console()
    with opened_archive(source) as archive:
        with steps(console) as work, work.step("Checking the backup"):
            verify(archive)
        with desk_database(settings, "restore") as url:
            check_runs_this_version(url, settings.home)
            if applied_revision(url) is not None and has_tickets(url):
                ask(_question(url, archive))
            with database_beside(url) as beside:
                with steps(console) as work:
                    left_out = _load(Home(settings.home), archive, beside, work)
                    open_to_analytics(beside.url_of(beside.new), settings, url)
                files = _files(archive)
                with no_sweep(url):
                    with steps(console) as work:
                        put_stored(settings, archive, work)
                    aside = keep_aside(url, settings)
                    with uninterrupted():
                        with put_back(Home(settings.home), files) as has_new_files:
                            former = beside.swap()
                        is_aside = _is_put_aside(beside, former)
                        if is_aside:
                            keep_only(aside, settings)
                        _tell(console, archive, has_new_files, is_aside, left_out)


def undo(settings: Settings, ask: Ask, console: Console | None = None) -> None:
    """Brings back the desk that the last restore put aside, and puts the present one aside.

    Raises LodgeError when no restore has put a desk aside.
    """
    with desk_database(settings, "restore") as url, database_beside(url) as beside:
        check_runs_this_version(url, settings.home)
        if not beside.kept:
            raise LodgeError("There is no desk that a restore has put aside.")
        former = beside.url_of(beside.kept[0])
        _make_ready(former)
        open_to_analytics(former, settings, url)
        tickets = f"{_tickets(former):,} tickets"
        ask(f"Put back the desk that the last restore put aside, with {tickets}, and put this one aside?")
        _sign_everybody_out(former)
        keep_aside(url, settings)
        with uninterrupted():
            beside.swap(beside.kept[0])
            done = f"The desk that was put aside is back, with {tickets}. Everybody has to sign in again."
            (console or Console()).print(done, soft_wrap=True)


def _make_ready(url: str) -> None:
    """Migrates the database and makes the tables that no backup contains, which a running desk needs from the start."""
    prepare(url)
    engine = create_engine(driver_url(url), poolclass=NullPool)
    make_tables(engine)


def _tickets(url: str) -> int:
    with psycopg.connect(libpq_url(url)) as connection:
        return count_tickets(connection)


def _question(url: str, archive: Archive) -> str:
    manifest = archive.manifest
    return (
        f"There is a desk with tickets at {shown_address(url)}. Put in its place the backup of "
        f"{manifest.made_at:%Y-%m-%d %H:%M} UTC, with {manifest.rows.get('ticket', 0):,} tickets?"
    )


def _load(home: Home, archive: Archive, beside: Beside, work: Steps) -> list[str]:
    """Makes the new database and loads, counts, migrates and analyses it. Returns the objects that were left out.

    Lodge's own migrations make the schema; only the rows of its tables come from the backup. A trigger, function or
    table that somebody added to the backup is neither created nor executed.
    """
    with _unpacked(home, archive) as dump:
        schema = dump.with_name("schema")
        with work.step("Making its tables"):
            _write_schema(beside, archive.manifest.schema_revision, schema)
        wanted, found = programs.read_entries(schema), programs.read_entries(dump)
        rows = _rows_of(wanted, found)
        listed = dump.with_name("rows")
        listed.write_text("".join(f"{entry.line}\n" for entry in rows))
        with work.step("Checking its rows"):
            programs.check_loads_only(dump, listed, {entry.label for entry in rows})
        url = beside.create()
        with work.step("Loading the database", len(rows) + len(wanted)) as advance:
            programs.load(url, schema, entries(advance), *programs.BEFORE_ROWS)
            programs.load_rows(url, dump, rows, lambda: advance(1))
            programs.load(url, schema, entries(advance), *programs.AFTER_ROWS)
    with work.step("Making it ready"):
        _check_rows(url, archive.manifest)
        _make_ready(url)
        _sign_everybody_out(url)
        with psycopg.connect(libpq_url(url), autocommit=True) as connection:
            forget_foreign_transactions(connection)
            tidy(connection)
    return _left_out(wanted, found)


def _write_schema(beside: Beside, revision: str, target: Path) -> None:
    """Dumps the schema that the migrations make up to that revision.

    With a dump, tables can be made before the rows are loaded, and indexes and triggers after that.
    """
    url = beside.create()
    migrate(url, revision)
    programs.dump_schema(url, target)
    beside.server.drop(beside.new)


def _rows_of(wanted: list[Entry], found: list[Entry]) -> list[Entry]:
    """Returns those entries of the backup's dump that hold rows or values for the schema's tables and sequences."""
    has = {entry.label for entry in wanted}
    tables = {one.replace("TABLE ", "TABLE DATA ", 1) for one in has if one.startswith("TABLE ")}
    sequences = {one.replace("SEQUENCE ", "SEQUENCE SET ", 1) for one in has if one.startswith("SEQUENCE ")}
    return [entry for entry in found if entry.label in tables | sequences]


def _left_out(wanted: list[Entry], found: list[Entry]) -> list[str]:
    """Returns the labels of objects that somebody added to the backed-up database and that are worth reporting."""
    has = {entry.label for entry in wanted}
    return [entry.label for entry in found if entry.label.startswith(WORTH_A_WORD) and entry.label not in has]


@contextmanager
def _unpacked(home: Home, archive: Archive) -> Iterator[Path]:
    """Copies the dump into a file of its own, which several jobs can read at the same time, and gives its path."""
    home.make()
    for left in home.run.glob(f"{UNPACKED}*"):  # left by a killed restore
        shutil.rmtree(left, ignore_errors=True)
    member = archive.member(DUMP)
    assert member is not None
    with tempfile.TemporaryDirectory(prefix=UNPACKED, dir=home.run) as folder:
        dump = Path(folder) / "dump"
        try:
            with dump.open("wb") as file:
                file.writelines(archive.pieces(member))
        except OSError as error:
            raise LodgeError(f"{home.run} has no room for the backup: {error.strerror}. {AS_IT_WAS}") from error
        yield dump


def _check_rows(url: str, manifest: Manifest) -> None:
    with psycopg.connect(libpq_url(url)) as connection:
        found = count_rows(connection)
    for table in sorted(found.keys() | {"alembic_version"}):
        wanted = manifest.rows.get(table)
        if wanted is None:
            raise LodgeError(f"The manifest of this backup does not count {table}. {AS_IT_WAS}")
        if found.get(table) != wanted:
            raise LodgeError(
                f"{table} should have {wanted:,} rows after loading, and has {found.get(table, 0):,}. {AS_IT_WAS}"
            )
    if applied_revision(url) != manifest.schema_revision:
        raise LodgeError(f"This backup's rows are of another schema than its manifest says. {AS_IT_WAS}")


def _sign_everybody_out(url: str) -> None:
    """Revokes all sign-ins. Otherwise those revoked after the backup was made would be valid again."""
    with psycopg.connect(libpq_url(url)) as connection:
        revoke_sign_ins(connection)


def _files(archive: Archive) -> dict[str, bytes]:
    members = [member for member in archive.manifest.members if is_kept(member.name)]
    return {member.name: b"".join(archive.pieces(member)) for member in members}


def _is_put_aside(beside: Beside, former: str) -> bool:
    """Keeps the former desk of this restore and drops those of earlier restores, or drops this one if it was never
    used. Returns whether it was kept.

    This is checked after the swap, when nobody can write to the former desk: it was in use during the minutes of
    loading.
    """
    is_kept = True
    with suppress(psycopg.Error, LodgeError):  # the restore is complete; a database that remains only takes space
        with psycopg.connect(beside.url_of(former)) as connection:
            is_kept = not is_pristine(connection)
        for name in beside.kept if is_kept else [former]:
            beside.server.drop(name)
    return is_kept


def _tell(
    console: Console, archive: Archive, has_new_files: bool, is_kept_aside: bool, left_out: Sequence[str]
) -> None:
    lines = [
        f"Restored {archive.manifest.rows.get('ticket', 0):,} tickets, as they were on "
        f"{archive.manifest.made_at:%Y-%m-%d %H:%M} UTC. Everybody has to sign in again."
    ]
    if is_kept_aside:
        lines.append("The desk as it was before is kept until the next restore: `lodge restore --undo` brings it back.")
    if left_out:
        more = f" and {len(left_out) - 5} more" if len(left_out) > 5 else ""
        lines.append(f"Left out, because Lodge's schema does not have it: {printable(', '.join(left_out[:5]))}{more}.")
    if has_new_files:
        lines.append("Files in LODGE_HOME changed: if the desk is running, start it anew.")
    console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)
