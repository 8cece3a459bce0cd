"""A LODGE_HOME whose database server Lodge has made, once for the whole run; each test works in a copy."""

import shutil
import subprocess
from pathlib import Path

from lodge.home import Home
from lodge.postgres import PostgresServer

# Linux's file system in memory: a copy of a database takes a quarter of the time there.
IN_MEMORY = Path("/dev/shm")
ROOM_BYTES = 8 * 1024**3  # more than two workers write in a run


def quickest_folder() -> str | None:
    """Where a run's database servers keep their files; None for the usual place."""
    has_room = IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM_BYTES
    return str(IN_MEMORY) if has_room else None


def make_home(path: Path) -> None:
    """With the product's own means, up to the server's start: the data folder, its roles, passwords and settings."""
    home = Home(path)
    with home.lock("test"):
        PostgresServer(home, durable=False).prepare()


def copy_home(made: Path, target: Path) -> Path:
    """As if Lodge had made it there: the files belong to whom they belonged to, and no port is remembered."""
    subprocess.run(["cp", "-a", str(made), str(target)], check=True)
    for left in (target / "run").iterdir():
        left.unlink()
    return target
