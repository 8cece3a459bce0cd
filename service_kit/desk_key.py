"""The key that the `lodge` command shows to a service of its own desk: whoever may read LODGE_HOME has it."""

from pathlib import Path


def desk_key_file(home: Path) -> Path:
    return home / "secrets" / "desk-key"


def read_desk_key(home: Path) -> str | None:
    """None where the services were not started by `lodge up`."""
    try:
        return desk_key_file(home).read_text("ascii").strip() or None
    except (OSError, UnicodeDecodeError):
        return None
