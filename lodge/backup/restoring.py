"""`lodge restore`."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from rich.console import Console
from sqlalchemy import NullPool, create_engine

from data_api.database import driver_url
from data_api.similar.tables import make_tables
from lodge.backup import programs
from lodge.backup.archive import Archive, opened_archive
from lodge.backup.home_files import is_kept, put_back
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
from lodge.backup.swapping import AS_IT_WAS, Beside, database_beside
from lodge.backup.verifying import DUMP, verify
from lodge.errors import LodgeError
from lodge.home import Home
from lodge.outside import desk_database, shown_address
from lodge.preparation import applied_revision, has_tickets, prepare
from service_kit.database_url import libpq_url
from service_kit.settings import Settings

UNPACKED = "restore-"
Ask = Callable[[str], object]  # raises when the answer is no


def restore(settings: Settings, source: Path, ask: Ask, console: Console | None = None) -> None:
    """Puts the desk of a backup in the place of this one, running or not. `ask` is asked first where there are tickets.

    Raises LodgeError, with the desk as it was, when the archive is refused or anything goes wrong on the way.
    """
    console = console or Console()
    with opened_archive(source) as archive:
        with steps(console) as work, work.step("Checking the backup"):
            verify(archive)
        with desk_database(settings, "restore") as url:
            if applied_revision(url) is not None and has_tickets(url):
                ask(_question(url, archive))
            with database_beside(url) as beside:
                with steps(console) as work:
                    _load(Home(settings.home), archive, beside, work)
                files = _files(archive)
                with uninterrupted():
                    with put_back(Home(settings.home), files) as has_new_files:
                        former = beside.swap()
                    _tell(console, archive, has_new_files, _is_put_aside(beside, former))


def undo(settings: Settings, ask: Ask, console: Console | None = None) -> None:
    """Puts the desk back that the last restore put aside; the restored one is put aside in turn.

    Raises LodgeError when there is none.
    """
    with desk_database(settings, "restore") as url, database_beside(url) as beside:
        if not beside.kept:
            raise LodgeError("There is no desk that a restore has put aside.")
        former = beside.url_of(beside.kept[0])
        _make_ready(former)
        tickets = f"{_tickets(former):,} tickets"
        ask(f"Put back the desk that the last restore put aside, with {tickets}, and put this one aside?")
        _sign_everybody_out(former)
        with uninterrupted():
            beside.swap(beside.kept[0])
            done = f"The desk that was put aside is back, with {tickets}. Everybody has to enter again."
            (console or Console()).print(done)


def _make_ready(url: str) -> None:
    """With the tables that no backup holds: a running desk must not miss them for a moment."""
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


def _load(home: Home, archive: Archive, beside: Beside, work: Steps) -> None:
    """Makes the new database ready to be swapped in: loaded, counted, migrated, analysed."""
    with _unpacked(home, archive) as dump:
        url = beside.create()
        with work.step("Loading the database", programs.count_entries(dump)) as advance:
            programs.load(url, dump, entries(advance))
    with work.step("Making it ready"):
        _check_rows(url, archive.manifest.rows)
        _make_ready(url)
        _sign_everybody_out(url)
        with psycopg.connect(libpq_url(url), autocommit=True) as connection:
            forget_foreign_transactions(connection)
            tidy(connection)


@contextmanager
def _unpacked(home: Home, archive: Archive) -> Iterator[Path]:
    """The dump as a file of its own, which several jobs can read at once."""
    home.make()
    for left in home.run.glob(f"{UNPACKED}*"):  # of a killed restore
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


def _check_rows(url: str, wanted: dict[str, int]) -> None:
    with psycopg.connect(libpq_url(url)) as connection:
        found = count_rows(connection)
    for table, rows in wanted.items():
        if found.get(table) != rows:
            raise LodgeError(
                f"{table} should have {rows:,} rows after loading, and has {found.get(table, 0):,}. {AS_IT_WAS}"
            )


def _sign_everybody_out(url: str) -> None:
    """A sign-in that was ended after the backup was made would be valid again."""
    with psycopg.connect(libpq_url(url)) as connection:
        revoke_sign_ins(connection)


def _files(archive: Archive) -> dict[str, bytes]:
    members = [member for member in archive.manifest.members if is_kept(member.name)]
    return {member.name: b"".join(archive.pieces(member)) for member in members}


def _is_put_aside(beside: Beside, former: str) -> bool:
    """One former desk is kept: that of this restore, unless nobody has ever used it.

    Looked at only now that nobody can write there any more: loading takes minutes, and the desk was at work.
    """
    is_kept = True
    with suppress(psycopg.Error, LodgeError):  # the restore is done; what is left takes room only
        with psycopg.connect(beside.url_of(former)) as connection:
            is_kept = not is_pristine(connection)
        for name in beside.kept if is_kept else [former]:
            beside.server.drop(name)
    return is_kept


def _tell(console: Console, archive: Archive, has_new_files: bool, is_kept_aside: bool) -> None:
    lines = [
        f"Restored {archive.manifest.rows.get('ticket', 0):,} tickets, as they were on "
        f"{archive.manifest.made_at:%Y-%m-%d %H:%M} UTC. Everybody has to enter again."
    ]
    if is_kept_aside:
        lines.append("The desk as it was before is kept until the next restore: `lodge restore --undo` brings it back.")
    if has_new_files:
        lines.append("Files in LODGE_HOME changed: if the desk is running, start it anew.")
    console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)
