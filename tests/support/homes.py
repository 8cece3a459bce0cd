"""A LODGE_HOME whose database server Lodge has made, once for the whole run; each test works in a copy."""

import subprocess
from pathlib import Path

from lodge.home import Home
from lodge.postgres import PostgresServer


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
