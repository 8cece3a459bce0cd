"""Makes one LODGE_HOME with a database server for the whole run, and copies of it for the tests."""

import shutil
import subprocess
from pathlib import Path

from lodge.home import Home
from lodge.postgres import PostgresServer

# Linux's in-memory file system, where copying a database takes a quarter of the time.
IN_MEMORY = Path("/dev/shm")
ROOM_BYTES = 8 * 1024**3  # more than two pytest workers write in a run


def quickest_folder() -> str | None:
    """Returns the folder for the files of a run's database servers, or None for the default temporary folder."""
    has_room = IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM_BYTES
    return str(IN_MEMORY) if has_room else None


def make_home(path: Path) -> None:
    """Makes a LODGE_HOME with Lodge's own code: data folder, roles, passwords, settings. The server is not started."""
    home = Home(path)
    with home.lock("test"):
        PostgresServer(home, durable=False).prepare()


def copy_home(made: Path, target: Path) -> Path:
    """Copies a home as if Lodge had made the copy: the files keep their owners, and the remembered port is removed."""
    subprocess.run(["cp", "-a", str(made), str(target)], check=True)
    for left in (target / "run").iterdir():
        left.unlink()
    return target
