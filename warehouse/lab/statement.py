"""Runs one statement: what the process that a statement has for itself does from its first line to its last."""

import json
import math
import os
import re
from collections.abc import Callable
from datetime import date

import duckdb
import pyarrow as pa
import pytz  # noqa: F401  DuckDB makes moments with a zone with it, and a confined process cannot read it any more

from service_kit.confine import Bounds, CannotConfine, confine
from warehouse.lab.files import send_file
from warehouse.lab.frames import HEAD, Kind, Request
from warehouse.lab.plain import plain
from warehouse.lab.sink import Sink

LINE = re.compile(r"^LINE (\d+):", re.MULTILINE)
ROWS_AT_ONCE = 500
ARROW_ROWS_AT_ONCE = 65_536
MOST_COLUMNS, MOST_COLUMN_BYTES = 10_000, 4 * 1024 * 1024  # the service's one thread reads them all
# Beside DuckDB's own memory: Python, the libraries, and the rows that are being sent.
BESIDE_DUCKDB = 700 * 1024 * 1024
QUERIES = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}
FIXED_SETTINGS = (
    "SET enable_external_access = false",
    "SET autoload_known_extensions = false",
    "SET autoinstall_known_extensions = false",
    "SET allow_community_extensions = false",
    "SET python_enable_replacements = false",  # a table name would otherwise find the variables of this program
    "SET TimeZone = 'UTC'",  # as all moments in the replica are; otherwise it would be the machine's
    "SET lock_configuration = true",
)
ONE_QUERY = "The lab runs one query at a time: SELECT, FROM, WITH, VALUES, PIVOT, DESCRIBE, SUMMARIZE, SHOW or EXPLAIN."


class NotAllowed(Exception):
    """The statement is not one that the lab runs."""


class TooLarge(Exception):
    """The answer has more columns than an answer may have."""


def connect() -> duckdb.DuckDBPyConnection:
    """Returns a connection that has opened nothing. Making one takes longer than most statements, so it is made before
    the statement's process is forked. With one thread DuckDB starts none: none is lost in the fork, and those that
    start later are confined too."""
    return duckdb.connect(":memory:", config={"threads": 1, "temp_directory": ""})


def run(
    connection: duckdb.DuckDBPyConnection, request: Request, snapshot: int, send: Callable[[Kind, bytes], None]
) -> None:
    """Opens the snapshot that the descriptor `snapshot` is open on, confines the process, runs the statement and sends
    its answer. Sends exactly one last frame, whatever happens, unless the process is killed."""
    try:
        _open(connection, request, snapshot)
        if request.is_confined:
            confine(Bounds(request.memory + BESIDE_DUCKDB, math.ceil(request.seconds * request.threads) + 1))
        for setting in (f"SET threads = {request.threads}", *FIXED_SETTINGS):
            connection.execute(setting)
        _answer(connection, request, send)
    except Exception as error:
        send(Kind.ERROR, json.dumps(_described(error)).encode())


def _open(connection: duckdb.DuckDBPyConnection, request: Request, snapshot: int) -> None:
    connection.execute(f"SET memory_limit = '{request.memory // 1024 // 1024}MB'")
    connection.execute(f"ATTACH '/proc/self/fd/{snapshot}' AS lodge (READ_ONLY, TYPE duckdb)")
    connection.execute("USE lodge")
    connection.execute("DETACH memory")


def _answer(connection: duckdb.DuckDBPyConnection, request: Request, send: Callable[[Kind, bytes], None]) -> None:
    sql = _checked(connection, request.sql)
    if request.is_preview:
        sql = _first_rows(connection, sql, request.rows + 1)  # one more shows that there are more
    connection.execute(sql, _values(request) or None)
    described = connection.description or []
    columns = json.dumps([{"name": str(column[0]), "type": str(column[1])} for column in described]).encode()
    if len(described) > MOST_COLUMNS or len(columns) > MOST_COLUMN_BYTES:
        raise TooLarge(f"The answer has more than {MOST_COLUMNS:,} columns, or very long names or types of columns.")
    send(Kind.COLUMNS, columns)
    if request.form is not None:
        told = send_file(connection, request, Sink(Kind.FILE, send))
    else:
        sent, is_truncated = (_send_arrow if request.as_arrow else _send_rows)(connection, request, send)
        told = {"rows": sent, "truncated": is_truncated}
    send(Kind.DONE, json.dumps(told).encode())


def _values(request: Request) -> dict[str, object]:
    """Returns the values of the parameters; a date is sent as {"date": "2026-11-30"}."""
    return {
        name: date.fromisoformat(value["date"]) if isinstance(value, dict) else value
        for name, value in request.parameters.items()
    }


def _checked(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    """Returns the text if it is one query. Raises NotAllowed, duckdb.Error."""
    statements = connection.extract_statements(sql)
    kinds = [statement.type for statement in statements]
    # PIVOT without a list of values is parsed into two: the list's type, and the query.
    is_pivot = kinds == [duckdb.StatementType.CREATE, duckdb.StatementType.SELECT] and not any(
        statement.query for statement in statements
    )
    if not is_pivot and (len(kinds) != 1 or kinds[0] not in QUERIES):
        raise NotAllowed(ONE_QUERY)
    return sql


def _first_rows(connection: duckdb.DuckDBPyConnection, sql: str, rows: int) -> str:
    """Returns a query for the first rows of a query, so that DuckDB does not sort or join the others. Returns the query
    itself where it cannot be part of another one, such as EXPLAIN."""
    limited = f"FROM ({sql.strip().rstrip(';')}\n) LIMIT {rows}"
    try:
        return _checked(connection, limited)
    except (NotAllowed, duckdb.Error):
        return sql


def _send_rows(
    connection: duckdb.DuckDBPyConnection, request: Request, send: Callable[[Kind, bytes], None]
) -> tuple[int, bool]:
    sent = size = 0
    for rows in iter(lambda: connection.fetchmany(ROWS_AT_ONCE), []):
        texts: list[str] = []
        for row in rows:
            if sent == request.rows:
                return _sent(send, texts, sent, is_truncated=True)
            text = json.dumps([plain(value) for value in row], ensure_ascii=False, allow_nan=False)
            size += len(text.encode("utf-8", "replace"))
            if size > request.size:
                return _sent(send, texts, sent, is_truncated=True)
            texts.append(text)
            sent += 1
        _sent(send, texts, sent, is_truncated=False)
    return sent, False


def _sent(send: Callable[[Kind, bytes], None], texts: list[str], sent: int, *, is_truncated: bool) -> tuple[int, bool]:
    if texts:
        send(Kind.ROWS, ",".join(texts).encode("utf-8", "replace"))
    return sent, is_truncated


def _send_arrow(
    connection: duckdb.DuckDBPyConnection, request: Request, send: Callable[[Kind, bytes], None]
) -> tuple[int, bool]:
    reader = connection.to_arrow_reader(ARROW_ROWS_AT_ONCE)
    sink = Sink(Kind.ARROW, send)
    sent, is_truncated = 0, False
    with pa.ipc.new_stream(pa.PythonFile(sink, "w"), reader.schema) as writer:
        for batch in reader:
            room = request.rows - sent
            is_truncated = batch.num_rows > room or sink.size > request.size
            writer.write_batch(batch.slice(0, room))
            sent += min(room, batch.num_rows)
            if is_truncated:
                break
    return sent, is_truncated


def _described(error: Exception) -> dict[str, object]:
    """Returns the error's kind and text, and the line of the statement where DuckDB names one."""
    text = str(error) or "The statement needs more memory than a statement may."
    if isinstance(error, OSError | ImportError):  # a fault of ours; its text would name files of this machine
        text = "The answer cannot be made: it needs a file of this machine, which a statement cannot read."
    line = LINE.search(text)
    return {"error": _kind(error), "detail": text[:4000], "line": int(line[1]) if line else None}


def _kind(error: Exception) -> str:
    if isinstance(error, CannotConfine):
        return "CannotConfine"
    if isinstance(error, NotAllowed | duckdb.PermissionException):
        return "NotAllowed"
    if isinstance(error, TooLarge | duckdb.OutOfMemoryException | MemoryError | RecursionError):
        return "TooExpensive"
    return "Wrong"


def write_frames(pipe: int) -> Callable[[Kind, bytes], None]:
    """Returns a function that writes frames into the pipe. It blocks while nobody reads."""

    def send(kind: Kind, content: bytes) -> None:
        rest = memoryview(HEAD.pack(kind.value, len(content)) + content)
        while rest:
            rest = rest[os.write(pipe, rest) :]

    return send
