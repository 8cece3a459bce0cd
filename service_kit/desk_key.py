"""The key that the `lodge` command shows to a service of its own desk: whoever may read LODGE_HOME has it."""

import os
from pathlib import Path


def desk_key_file(home: Path) -> Path:
    return home / "secrets" / "desk-key"


def read_desk_key(home: Path) -> str | None:
    """None where the services were not started by `lodge up`."""
    try:
        handle = os.open(desk_key_file(home), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, encoding="ascii") as file:
            return file.read().strip() or None
    except (OSError, UnicodeDecodeError):
        return None
