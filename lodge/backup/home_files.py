"""Chooses the files of LODGE_HOME that belong into a backup.

The list is short: files that cannot be generated again and belong to the desk, not to this machine. The database is
backed up as a dump. Logs, `run`, copied programs and the replica are generated again.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from lodge.folders import read_start, remove, write_whole
from lodge.home import Home

KEPT_FOLDERS = ("secrets",)
# These files stay on their machine. With the database passwords of another home, the desk could not connect to its own
# server. The desk key authenticates requests between the desk's processes, so it must not get into a backup. The
# metrics token is known to the machine's monitor. The secret for the identity provider is a setting, which
# the administrator keeps, as they keep `.env`.
OF_THE_MACHINE = {
    f"secrets/{name}"
    for name in ("postgres-password", "postgres-analytics-password", "desk-key", "metrics-token", "oidc-client-secret")
}
PREFIX = "home/"
MAX_BYTES = 100_000_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}")


def kept_files(home: Home) -> dict[str, bytes]:
    """Returns the content of each file to back up, by its name in the archive."""
    found = {}
    for folder in KEPT_FOLDERS:
        for path in sorted((home.path / folder).glob("*")):
            name = f"{PREFIX}{folder}/{path.name}"
            if is_kept(name) and path.is_file() and not path.is_symlink():
                found[name] = read_start(path, MAX_BYTES)
    return found


def is_kept(name: str) -> bool:
    """Returns whether a member name denotes a file that backups hold; a name that leads to another path does not."""
    folder, _, file = name.removeprefix(PREFIX).rpartition("/")
    is_on_list = name.startswith(PREFIX) and folder in KEPT_FOLDERS and name.removeprefix(PREFIX) not in OF_THE_MACHINE
    return is_on_list and bool(_NAME.fullmatch(file)) and not file.endswith(".new")


@contextmanager
def put_back(home: Home, files: Mapping[str, bytes]) -> Iterator[bool]:
    """Writes the files that belong into a backup, and restores their old state when the block fails.

    Gives whether any file was changed.
    """
    before = kept_files(home)
    wanted = {name: content for name, content in files.items() if is_kept(name) and before.get(name) != content}
    try:
        _write(home, wanted)
        yield bool(wanted)
    except BaseException:
        _write(home, {name: content for name, content in before.items() if name in wanted})
        for name in wanted.keys() - before.keys():
            remove(home.path / name.removeprefix(PREFIX))
        raise


def _write(home: Home, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        write_whole(home.path / name.removeprefix(PREFIX), content)
