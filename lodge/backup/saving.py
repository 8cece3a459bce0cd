"""`lodge backup`."""

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from rich.console import Console

from data_api.files.storage import FolderStorage, Storage
from lodge.backup import programs
from lodge.backup.archive import digest_of, opened_archive, write_archive
from lodge.backup.home_files import kept_files
from lodge.backup.manifest import Manifest, Member
from lodge.backup.progress import Steps, entries, steps
from lodge.backup.repository import contents, count_rows, snapshot
from lodge.backup.stored_files import no_sweep, read_stored, stored_members
from lodge.backup.verifying import DUMP, verify
from lodge.bulk import database_failure
from lodge.errors import LodgeError
from lodge.folders import write_whole
from lodge.home import Home
from lodge.preparation import applied_revision, check_is_known
from service_kit.database_url import libpq_url
from service_kit.notes import last_backup_note
from service_kit.version import lodge_version

NOT_WRITTEN = "No backup was written."


def back_up(
    database_url: str,
    home_path: Path,
    target: Path,
    *,
    storage: Storage | None = None,
    force: bool = False,
    console: Console | None = None,
) -> None:
    """Writes the whole desk into one file with mode 0600. The file gets its name only after it was read back and found
    restorable. `storage`: where the files of tickets are, if it is not the home.

    Raises LodgeError and leaves no file behind when the target exists (unless `force`) or anything fails.
    """
    console = console or Console()
    target = target.expanduser().absolute()
    check_target(target, force)
    storage = storage or FolderStorage(Home(home_path).files)
    try:
        with _workshop(target) as folder, steps(console) as work, no_sweep(database_url):
            manifest, missing = _write(database_url, home_path, storage, folder, work)
            new = folder / "archive"
            with work.step("Reading it back", new.stat().st_size) as advance, opened_archive(new, advance) as archive:
                verify(archive)
            check_target(target, force)
            new.replace(target)
            _settle(target.parent)
            _note(home_path, target.stat().st_size)
    except psycopg.Error as error:
        raise database_failure(database_url, error, NOT_WRITTEN) from error
    except OSError as error:
        raise LodgeError(f"{target} cannot be written: {error.strerror}. {NOT_WRITTEN}") from error
    tickets, size = manifest.rows.get("ticket", 0), target.stat().st_size / 1_000_000
    told = f"Backed up {tickets:,} tickets into {target} ({size:,.1f} MB), read back and found whole."
    console.print(told, markup=False, highlight=False, soft_wrap=True)
    if missing:
        lost = f"{missing:,} files of tickets are not in it, because their contents are no longer where they were kept."
        console.print(lost, markup=False, highlight=False, soft_wrap=True)


def _note(home: Path, size: int) -> None:
    """Tells the desk's metrics of this backup. Where that fails, the backup is made all the same."""
    note = last_backup_note(home.expanduser().absolute())
    with suppress(OSError, LodgeError):
        write_whole(note, json.dumps({"at": time.time(), "bytes": size}))


def check_target(target: Path, force: bool) -> None:
    """Raises LodgeError when the target is a folder, or exists and `force` is not set."""
    try:
        is_folder = target.is_dir()
    except OSError as error:
        raise LodgeError(f"{target} cannot be written: {error.strerror}.") from error
    if is_folder:
        raise LodgeError(f"{target} is a folder. Name the file to write.")
    if os.path.lexists(target) and not force:
        raise LodgeError(f"{target} exists already. Choose another name, or replace it with --force.")


@contextmanager
def _workshop(target: Path) -> Iterator[Path]:
    """Gives a temporary folder with mode 0700 on the target's file system, deleted at the end of the block."""
    with tempfile.TemporaryDirectory(prefix=f".{target.name[:40]}-", dir=target.parent) as name:
        yield Path(name)


def _write(database_url: str, home_path: Path, storage: Storage, folder: Path, work: Steps) -> tuple[Manifest, int]:
    """Returns the manifest, and how many contents of files are missing."""
    revision = applied_revision(database_url)
    if revision is None:
        raise LodgeError(f"There is no desk in this database yet. {NOT_WRITTEN}")
    check_is_known(revision)
    files = {DUMP: folder / "dump"}
    with psycopg.connect(libpq_url(database_url), connect_timeout=10) as connection, snapshot(connection) as name:
        made_at, rows = datetime.now(UTC), count_rows(connection)
        wanted = contents(connection)
        with work.step("Reading the database", len(rows)) as advance:
            programs.dump(database_url, name, files[DUMP], entries(advance))
        version = connection.info.server_version
    for number, (member, content) in enumerate(kept_files(Home(home_path)).items()):
        files[member] = folder / f"file-{number}"
        files[member].write_bytes(content)
    with work.step("Looking for the files of tickets", len(wanted)) as advance:
        stored, missing = stored_members(storage, wanted, advance)
    manifest = Manifest(
        lodge=lodge_version(),
        schema_revision=revision,
        postgres=version,
        made_at=made_at,
        rows=rows,
        members=[
            *(Member(name=name, size=path.stat().st_size, sha256=digest_of(path)) for name, path in files.items()),
            *stored,
        ],
    )
    with work.step("Writing the archive"):
        pieces = [read_stored(storage, member) for member in stored]
        write_archive(folder / "archive", manifest, [*files.values(), *pieces])
    return manifest, missing


def _settle(folder: Path) -> None:
    """Fsyncs the folder, so that the renamed file survives a crash."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
