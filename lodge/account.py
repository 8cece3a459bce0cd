"""The account that the database server runs as: Postgres refuses to run as root."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lodge.errors import LodgeError
from lodge.folders import opened_folder


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int

    def popen_arguments(self) -> dict[str, Any]:
        """Returns the arguments for `subprocess` that run a child as this account, without supplementary groups."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def first_closed(self, paths: Sequence[Path]) -> Path | None:
        """Returns the first of these folders and programs that the account may not enter or run, or None.

        A shell running as the account tests each path, because access control lists and mounts decide too.
        """
        script = 'for path; do test -x "$path" || { printf %s "$path"; exit; }; done'
        command = ["/bin/sh", "-c", script, "sh", *map(str, paths)]
        answer = subprocess.run(command, **self.popen_arguments(), cwd="/", capture_output=True, text=True, check=True)  # noqa: S603
        return Path(answer.stdout) if answer.stdout else None


def server_account(postgres_folder: Path) -> Account | None:
    """Returns the account that the server runs as, or None when Lodge is not root and runs the server itself.

    For root it is the first of these that is not root: the folder's owner, the user who called sudo, `nobody`.
    """
    if os.geteuid() != 0:
        return None
    candidates = [postgres_folder.stat().st_uid, int(os.environ.get("SUDO_UID") or 0)]
    for uid in candidates:
        if uid != 0:
            return _account(uid)
    return _account(pwd.getpwnam("nobody").pw_uid)


def _account(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Account(f"user {uid}", uid, uid)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def give_folder(folder: Path, account: Account) -> None:
    """Makes the account the owner of a folder inside LODGE_HOME. Raises LodgeError when it cannot reach the folder."""
    with opened_folder(folder) as handle:
        os.fchown(handle, account.uid, account.gid)
    closed = account.first_closed([*reversed(folder.parents), folder])
    if closed is not None:
        raise LodgeError(
            f"The database server runs as {account.name}, who may not enter {closed}. "
            f"Set LODGE_HOME to a folder that every account can reach, such as /var/lib/lodge, "
            f"or open that folder yourself: chmod o+x {closed}"
        )
