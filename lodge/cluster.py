"""A PostgreSQL data folder: initialised once, configured at each start."""

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
ANALYTICS = "lodge_analytics"  # the analytics API's role
MEGABYTE = 1024 * 1024

# The services' role is no superuser, as on an external server. So the extension, which only a superuser may install, is
# installed here.
_FIRST_SQL = f"""\
CREATE ROLE {OWNER} LOGIN CREATEDB PASSWORD '{{password}}' IN ROLE pg_checkpoint, pg_monitor;
CREATE EXTENSION vector;
CREATE DATABASE {OWNER} OWNER {OWNER};
"""
# Single-user mode reads one statement per line. The owner role is a member of the analytics role, because a restore has
# to end that role's connections. `log_min_messages = log` keeps errors out of the log, where the values in them would
# stay; the client still receives them. The databases that hold no Lodge data are closed to all but the owner.
_ANALYTICS_SQL = f"""\
DO $$ BEGIN IF to_regrole('{ANALYTICS}') IS NULL THEN CREATE ROLE {ANALYTICS}; END IF; END $$;
ALTER ROLE {ANALYTICS} LOGIN CONNECTION LIMIT 20 PASSWORD '{{password}}';
ALTER ROLE {ANALYTICS} SET default_transaction_read_only = on;
GRANT {ANALYTICS} TO {OWNER};
ALTER ROLE {OWNER} SET log_min_messages = log;
ALTER ROLE {ANALYTICS} SET log_min_messages = log;
REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE postgres, template1 TO {OWNER};
"""
# By default every role may make large objects. This is revoked in each database; new databases are copies of template1.
_NO_LARGE_OBJECTS = "REVOKE EXECUTE ON FUNCTION lo_creat(int), lo_create(oid), lo_from_bytea(oid, bytea) FROM PUBLIC;\n"


def server_environment() -> dict[str, str]:
    """Returns an environment with nothing but PATH from the caller's: PGDATA and the like would change the server."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


class Cluster:
    """`folder` is the data folder; `parent` is the folder around it, which the server's account owns."""

    def __init__(
        self, parent: Path, binaries: Path, account: Account | None, password_file: Path, analytics_file: Path
    ) -> None:
        self.parent = parent
        self.folder = parent / MAJOR
        self._binaries = binaries
        self._account = account
        self._password_file = password_file
        self._analytics_file = analytics_file

    @property
    def password(self) -> str:
        return read_word(self._password_file)

    @property
    def analytics_password(self) -> str:
        return read_word(self._analytics_file)

    def make(self, *, durable: bool) -> None:
        """Makes the data folder and the roles' passwords where they are missing.

        When it is killed on the way, the next run deletes the unfinished folder.
        """
        for unfinished in self.parent.glob("new-*"):
            if unfinished.is_dir() and not unfinished.is_symlink():
                shutil.rmtree(unfinished)
            else:
                unfinished.unlink()
        if not self._is_made():
            self._make_new(durable)
        if not self._password_file.exists():
            password = secrets.token_urlsafe(24)
            self._run_sql(self.folder, f"ALTER ROLE {OWNER} PASSWORD '{password}';\n")
            write_whole(self._password_file, password)
        if not self._analytics_file.exists():
            self._make_analytics_role(self.folder)

    def _is_made(self) -> bool:
        if not os.path.lexists(self.folder):
            return False
        with opened_folder(self.folder):
            return True

    def _make_new(self, durable: bool) -> None:
        """Runs `initdb` as the server's account, so that no folder needs a change of owner afterwards."""
        new = self.parent / f"new-{secrets.token_hex(8)}"
        locale = ["--locale-provider=builtin", "--locale=C.UTF-8", "--encoding=UTF8"]
        speed = [] if durable else ["--no-sync"]
        self._run(["initdb", "--pgdata", str(new), "--username=postgres", "--auth=trust", *locale, *speed], self.parent)
        write_whole(new / "pg_hba.conf", _ACCESS, mode=0o644)
        password = secrets.token_urlsafe(24)
        self._run_sql(new, _FIRST_SQL.format(password=password))
        self._make_analytics_role(new)
        new.replace(self.folder)
        write_whole(self._password_file, password)

    def _make_analytics_role(self, folder: Path) -> None:
        """Makes the role, or gives the existing role a new password. Safe to run again."""
        password = secrets.token_urlsafe(24)
        self._run_sql(folder, _ANALYTICS_SQL.format(password=password) + _NO_LARGE_OBJECTS)
        self._run_sql(folder, _NO_LARGE_OBJECTS, OWNER)
        write_whole(self._analytics_file, password)

    def _run_sql(self, folder: Path, sql: str, database: str = "template1") -> None:
        """Runs the SQL in single-user mode, so that nobody can connect before the passwords are set."""
        options = ["-c", "exit_on_error=true", "-c", "log_min_error_statement=panic"]
        self._run(["postgres", "--single", "-D", str(folder), *options, database], folder, sql)

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
        """Overwrites postgresql.conf; settings that an administrator made with ALTER SYSTEM take precedence over it."""
        settings = {**_SETTINGS, **_memory(psutil.virtual_memory().total), "port": str(port)}
        if not durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        text = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
        write_whole(self.folder / "postgresql.conf", text, mode=0o644)


_ACCESS = "host all all 127.0.0.1/32 scram-sha-256\n"

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "140",
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
    # The values in a failing statement and row are text that people wrote, which must not get into a log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
    "lc_messages": "C.UTF-8",
}


def _memory(total: int) -> dict[str, str]:
    """Returns memory settings for a machine with `total` bytes; the rest is left to the services."""
    shared = min(512 * MEGABYTE, total // 8)
    sizes = {
        "shared_buffers": shared,
        "effective_cache_size": max(shared, total // 2),
        "work_mem": 32 * MEGABYTE,
        "maintenance_work_mem": min(256 * MEGABYTE, total // 16),
    }
    return {name: f"{size // MEGABYTE}MB" for name, size in sizes.items()}
