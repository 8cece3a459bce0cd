"""The files of tickets in a backup: each content once, under its SHA-256, as `files/<SHA-256>`."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from data_api.files.errors import FileMissing, FilesUnavailable
from data_api.files.storage import Storage, incoming_folder, kept_aside_list, make_storage
from lodge.backup.archive import Archive
from lodge.backup.manifest import Member
from lodge.backup.progress import Steps
from lodge.backup.repository import contents, hold_sweeps
from lodge.errors import LodgeError
from lodge.folders import name_of, write_whole
from lodge.home import Home
from service_kit.database_url import libpq_url
from service_kit.settings import Settings

PREFIX = "files/"
UNREACHABLE = "The bucket of files cannot be reached. {}"


def is_stored_file(member: str) -> bool:
    return member.startswith(PREFIX)


def stored_name(sha256: str) -> str:
    return f"{PREFIX}{sha256}"


def storage_of(settings: Settings) -> Storage:
    """Returns where the desk keeps its files. Raises LodgeError for credentials that cannot be read."""
    try:
        return make_storage(settings)
    except RuntimeError as error:
        raise LodgeError(f"{error}. Name a file that {name_of(os.geteuid())} may read.") from None


@contextmanager
def no_sweep(database_url: str) -> Iterator[None]:
    """Keeps the desk from deleting contents of files while the block runs. A restore ends the connection that holds the
    lock, when no row of the former desk counts any more."""
    connection = psycopg.connect(libpq_url(database_url), connect_timeout=10, autocommit=True)
    try:
        hold_sweeps(connection)
        yield
    finally:
        with suppress(psycopg.Error):
            connection.close()


def stored_members(
    storage: Storage, names: Sequence[str], advance: Callable[[int], object]
) -> tuple[list[Member], int]:
    """Returns the members for these contents, and how many of them are missing."""
    members = []
    for name in names:
        try:
            members.append(Member(name=stored_name(name), size=storage.size(name), sha256=name))
        except FileMissing:
            pass
        except FilesUnavailable:
            raise LodgeError(UNREACHABLE.format("No backup was written.")) from None
        advance(1)
    return members, len(names) - len(members)


def read_stored(storage: Storage, member: Member) -> Iterator[bytes]:
    """Yields the content. Raises LodgeError if it is not what its name says."""
    digest = hashlib.sha256()
    for piece in storage.read(member.sha256, 0, member.size):
        digest.update(piece)
        yield piece
    if digest.hexdigest() != member.sha256:
        raise LodgeError(f"The file {member.sha256} is damaged where it is kept. No backup was written.")


def put_stored(settings: Settings, archive: Archive, work: Steps) -> None:
    """Puts the contents of a backup where this desk keeps its files. Those that are there already stay."""
    members = [member for member in archive.manifest.members if is_stored_file(member.name)]
    if not members:
        return
    storage, incoming = storage_of(settings), incoming_folder(settings)
    Home(settings.home).make()
    incoming.mkdir(mode=0o700, exist_ok=True)
    with work.step("Putting the files of tickets back", len(members)) as advance:
        for member in members:
            try:
                _put(storage, incoming, archive, member)
            except FilesUnavailable:
                raise LodgeError(UNREACHABLE.format("The desk is as it was.")) from None
            advance(1)


def _put(storage: Storage, incoming: Path, archive: Archive, member: Member) -> None:
    with suppress(FileMissing):
        if storage.size(member.sha256) == member.size:
            return
    with tempfile.NamedTemporaryFile(dir=incoming) as file:
        file.writelines(archive.pieces(member))
        file.flush()
        storage.put(member.sha256, Path(file.name))


def keep_aside(database_url: str, settings: Settings) -> Mapping[str, None]:
    """Lists the contents of the desk that is about to be put aside, so that the sweep leaves them for `lodge restore
    --undo`; after those in the list already. Returns them."""
    with psycopg.connect(libpq_url(database_url), connect_timeout=10) as connection:
        names = dict.fromkeys(contents(connection))
    listed = kept_aside_list(settings)
    before = listed.read_text("ascii").split() if listed.is_file() else []
    _list(dict.fromkeys(before) | names, settings)
    return names


def keep_only(names: Mapping[str, None], settings: Settings) -> None:
    """Shortens the list to these contents: the desks that were put aside before are gone."""
    _list(names, settings)


def _list(names: Mapping[str, None], settings: Settings) -> None:
    listed = kept_aside_list(settings)
    if names or listed.exists():
        Home(settings.home).make()
        write_whole(listed, "".join(f"{name}\n" for name in names))
