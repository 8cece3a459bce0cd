"""A PostgreSQL data folder: made once, configured at each start."""

import os
import secrets
import shutil
import subprocess
from pathlib import Path

import psutil

from lodge.account import Account
from lodge.errors import LodgeError
from lodge.folders import opened_folder, read_word, write_whole

MAJOR = "18"
OWNER = "lodge"
MEGABYTE = 1024 * 1024

# The services' role is no superuser, as on a server of one's own; what only a superuser may install is there already.
_FIRST_SQL = """\
CREATE ROLE {owner} LOGIN CREATEDB PASSWORD '{password}' IN ROLE pg_checkpoint, pg_monitor;
CREATE EXTENSION vector;
CREATE DATABASE {owner} OWNER {owner};
"""


def server_environment() -> dict[str, str]:
    """Nothing of the caller's: PGDATA and its like would change what the server does."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


class Cluster:
    """`folder` is the data folder, `parent` its account's own folder around it."""

    def __init__(self, parent: Path, binaries: Path, account: Account | None, password_file: Path) -> None:
        self.parent = parent
        self.folder = parent / MAJOR
        self._binaries = binaries
        self._account = account
        self._password_file = password_file

    @property
    def password(self) -> str:
        return read_word(self._password_file)

    def make(self, *, durable: bool) -> None:
        """Makes the data folder unless it is there. Killed on the way, it leaves what the next run clears."""
        for unfinished in self.parent.glob("new-*"):
            if unfinished.is_dir() and not unfinished.is_symlink():
                shutil.rmtree(unfinished)
            else:
                unfinished.unlink()
        is_made = self._is_made()
        if is_made and self._password_file.exists():
            return
        password = secrets.token_urlsafe(24)
        if is_made:
            self._run_sql(self.folder, f"ALTER ROLE {OWNER} PASSWORD '{password}';\n")
        else:
            self._make_new(password, durable)
        write_whole(self._password_file, password)

    def _is_made(self) -> bool:
        if not os.path.lexists(self.folder):
            return False
        with opened_folder(self.folder):
            return True

    def _make_new(self, password: str, durable: bool) -> None:
        """The account makes the folder itself, so that nothing needs to be given to it by name."""
        new = self.parent / f"new-{secrets.token_hex(8)}"
        locale = ["--locale-provider=builtin", "--locale=C.UTF-8", "--encoding=UTF8"]
        speed = [] if durable else ["--no-sync"]
        self._run(["initdb", "--pgdata", str(new), "--username=postgres", "--auth=trust", *locale, *speed], self.parent)
        write_whole(new / "pg_hba.conf", _ACCESS, mode=0o644)
        self._run_sql(new, _FIRST_SQL.format(owner=OWNER, password=password))
        new.replace(self.folder)

    def _run_sql(self, folder: Path, sql: str) -> None:
        """Without a server, so that nobody can connect before the passwords are set."""
        options = ["-c", "exit_on_error=true", "-c", "log_min_error_statement=panic"]
        self._run(["postgres", "--single", "-D", str(folder), *options, "template1"], folder, sql)

    def _run(self, command: list[str], folder: Path, text: str = "") -> None:
        done = subprocess.run(  # noqa: S603
            [str(self._binaries / command[0]), *command[1:]],
            env=server_environment(),
            cwd=folder,
            input=text,
            capture_output=True,
            text=True,
            umask=0o077,
            **(self._account.popen_arguments() if self._account else {}),
        )
        if done.returncode != 0:
            raise LodgeError(f"{command[0]} failed in {folder}:\n{done.stdout}{done.stderr}".rstrip())

    def configure(self, port: int, *, durable: bool) -> None:
        """Writes postgresql.conf anew; what an administrator sets with ALTER SYSTEM wins over it."""
        settings = {**_SETTINGS, **_memory(psutil.virtual_memory().total), "port": str(port)}
        if not durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        text = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
        write_whole(self.folder / "postgresql.conf", text, mode=0o644)


_ACCESS = "host all all 127.0.0.1/32 scram-sha-256\n"

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "fsync": "on",
    "synchronous_commit": "on",
    "password_encryption": "scram-sha-256",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    "effective_io_concurrency": "64",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
    "log_min_error_statement": "panic",  # a failing statement's values are people's words: not for a log
    "lc_messages": "C.UTF-8",
}


def _memory(total: int) -> dict[str, str]:
    """Sizes for this machine's memory in bytes; the services need the rest."""
    shared = min(512 * MEGABYTE, total // 8)
    sizes = {
        "shared_buffers": shared,
        "effective_cache_size": max(shared, total // 2),
        "work_mem": 32 * MEGABYTE,
        "maintenance_work_mem": min(256 * MEGABYTE, total // 16),
    }
    return {name: f"{size // MEGABYTE}MB" for name, size in sizes.items()}
