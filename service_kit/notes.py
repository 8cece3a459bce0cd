"""Small files in `LODGE_HOME/run` in which the `lodge` command tells the services what it did."""

from pathlib import Path


def process_notes(home: Path) -> list[Path]:
    """Returns the notes about the processes that `lodge up` keeps running, one a process: `data-api-1.pid` and so on.
    Each is JSON with `pid`, `started` and `restarts`."""
    return sorted((home / "run").glob("*.pid"))


def last_backup_note(home: Path) -> Path:
    """The note about the last backup of this desk: JSON with `at`, in seconds since 1970, and `bytes`."""
    return home / "run" / "last-backup.json"
