"""Writes what the desk's processes print into log files of bounded size.

Each process prints into a pipe, and a thread of `lodge` writes that into the process's log. So one place begins a new
file when a log has become large, which loses no line, and one place decides on the form of the lines. A full disk stops
no process: what cannot be written is dropped.
"""

import contextlib
import fcntl
import io
import json
import logging
import os
import re
import stat
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

import structlog

from lodge.errors import LodgeError
from lodge.folders import opened_file
from service_kit.logs import configure_logs
from service_kit.settings import LogFormat

LOG_BYTES = 10_000_000
OLDER_PARTS = 4
LONGEST_LINE_BYTES = 100_000
PIPE_BYTES = 1024 * 1024  # a process waits when the pipe is full, for example while `lodge up` is suspended
PAUSE_SECONDS = 0.01  # so that a busy process wakes its thread here a hundred times a second at most
_CHUNK_BYTES = 65_536

# How Postgres begins a line (`log_line_prefix` in cluster.py), and how uvicorn does in the UI's process.
_POSTGRES = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d) (?P<time>\d\d:\d\d:\d\d\.\d{3}) UTC \[(?P<pid>[0-9]{1,10})\] "
    r"(?P<level>[A-Z0-9]+): +(?P<event>.*)"
)
_UVICORN = re.compile(r"(?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL): +(?P<event>.*)")
_LEVELS = {"WARNING": "warning", "ERROR": "error", "FATAL": "critical", "PANIC": "critical", "CRITICAL": "critical"}


class BoundedLog(RotatingFileHandler):
    """A log file of about LOG_BYTES at most, with OLDER_PARTS older files beside it: `ui.log`, `ui.log.1`, `ui.log.2` …

    A record's message is one or several whole lines. Raises LodgeError when the file belongs to another user, or is no
    plain file.
    """

    terminator = ""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=LOG_BYTES, backupCount=OLDER_PARTS, delay=True)
        if _has_another_name(path):
            self.doRollover()
        with contextlib.suppress(OSError):  # such as a full disk; each record tries again
            self.stream = self._open()

    def _open(self) -> io.TextIOWrapper:
        with opened_file(Path(self.baseFilename), os.O_WRONLY | os.O_APPEND | os.O_CREAT) as handle:
            file = io.FileIO(os.dup(handle), "a")
        # Without a buffer, so that lines for which there is no room are dropped, and not kept for ever. The bytes of a
        # line that is no UTF-8 stay as they are.
        return io.TextIOWrapper(file, "utf-8", "surrogateescape", newline="", write_through=True)

    def doRollover(self) -> None:
        """Makes this file the newest of the older ones and begins a new one. If that is impossible, the file is emptied
        instead: it must not grow for ever."""
        try:
            super().doRollover()
        except OSError:
            with opened_file(Path(self.baseFilename), os.O_WRONLY) as handle:
                os.ftruncate(handle, 0)

    def handleError(self, record: logging.LogRecord) -> None:
        """Drops the lines. The process that printed them goes on."""


def _has_another_name(path: Path) -> bool:
    """Returns whether our log has a second hard link, as after `cp -al`: a new file keeps our lines out of the copy."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and found.st_nlink > 1


class LogPipe:
    """The way from one process to its log. `write_end` is for the process, and is closed here by `start`."""

    def __init__(self, name: str, log: Path, log_format: LogFormat) -> None:
        self._log = BoundedLog(log)
        self._read_end, self.write_end = os.pipe()
        with contextlib.suppress(AttributeError, OSError):  # only Linux has it, and it may refuse so large a pipe
            fcntl.fcntl(self.write_end, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self._formatted: Callable[[str], str] = (lambda text: _as_json(text, name)) if log_format == "json" else str
        self._thread = threading.Thread(target=self._collect, name=f"log of {name}", daemon=True)

    def close(self) -> None:
        """For a process that could not be started."""
        os.close(self.write_end)
        os.close(self._read_end)
        self._log.close()

    def start(self) -> None:
        os.close(self.write_end)
        self._thread.start()

    def drain(self, seconds: float) -> None:
        """Waits until the log has all that was printed, which a process that still runs prevents."""
        self._thread.join(seconds)

    def _collect(self) -> None:
        begun = b""
        while chunk := os.read(self._read_end, _CHUNK_BYTES):
            whole, newline, begun = (begun + chunk).rpartition(b"\n")
            if len(begun) > LONGEST_LINE_BYTES:
                whole, newline, begun = whole + newline + begun, b"\n", b""
            if newline:
                self._write(whole + newline)
            if len(chunk) < _CHUNK_BYTES:
                time.sleep(PAUSE_SECONDS)
        if begun:
            self._write(begun + b"\n")
        os.close(self._read_end)
        self._log.close()

    def _write(self, lines: bytes) -> None:
        text = self._formatted(lines.decode("utf-8", "surrogateescape"))
        self._log.emit(logging.makeLogRecord({"msg": text}))


def _as_json(text: str, name: str) -> str:
    return "".join(f"{json_line(line, name)}\n" for line in text.split("\n") if line.strip())


def json_line(line: str, name: str) -> str:
    """Returns the line if it is a JSON object, and else an object of the form that the APIs log, with the line as its
    `event` and the process's name as its `logger`."""
    if line.startswith("{") and _is_json(line):
        return line
    found = _POSTGRES.match(line) or _UVICORN.match(line)
    parts = found.groupdict() if found else {"event": line}
    moment = f"{parts['day']}T{parts['time']}" if "day" in parts else f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}"
    fields: dict[str, object] = {
        "event": parts["event"].encode(errors="surrogateescape").decode(errors="replace"),
        "level": _LEVELS.get(parts.get("level", ""), "info"),
        "timestamp": f"{moment}Z",
        "logger": name,
    }
    return json.dumps(fields | ({"pid": int(parts["pid"])} if "pid" in parts else {}))


def _is_json(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


@contextlib.contextmanager
def launcher_output(log_format: LogFormat, say: Callable[[str], None]) -> Iterator[Callable[[str], None]]:
    """Gives the function with which `lodge up` prints a line: `say`, or one that prints the line as a JSON object. With
    JSON, an error is printed as an object too, and ends the program with code 1."""
    if log_format == "plain":
        yield say
        return
    configure_logs("info")
    log = structlog.get_logger().bind(logger="lodge")

    def say_as_json(line: str) -> None:
        with contextlib.suppress(OSError):  # a closed terminal must not end the desk
            log.info(line)

    try:
        yield say_as_json
    except LodgeError as error:
        log.error(str(error))
        raise SystemExit(1) from None
    except Exception:
        log.exception("lodge up failed")
        raise SystemExit(1) from None
