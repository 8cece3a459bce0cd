"""The desk key: a secret of one installation, with which the `lodge` command proves to a service that it belongs to the
same installation. Whoever may read LODGE_HOME has it."""

import os
from pathlib import Path


def desk_key_file(home: Path) -> Path:
    return home / "secrets" / "desk-key"


def read_desk_key(home: Path) -> str | None:
    """Returns the desk key; None if there is none, as when the services were not started by `lodge up`."""
    return read_secret(desk_key_file(home))


def read_secret(path: Path) -> str | None:
    """Returns the content of a file of secrets; None if it is missing, empty or a link."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, encoding="ascii") as file:
            return file.read().strip() or None
    except (OSError, UnicodeDecodeError):
        return None
