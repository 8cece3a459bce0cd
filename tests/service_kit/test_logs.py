"""Whoever writes to the log, a line of it is one JSON object."""

import errno
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from service_kit.logs import Lossy

SCRIPT = """
import logging, sys, warnings
import structlog, uvicorn
from service_kit.logs import configure_logs

uvicorn.Config("toy:app")  # puts its own, plain handlers in place before it loads the service
configure_logs(sys.argv[1])
structlog.get_logger().info("request", status=200)
structlog.get_logger().error("ours")
warnings.warn("soon gone\\nand forgotten", DeprecationWarning, stacklevel=1)
logging.getLogger("some.library").info("chatter")
logging.getLogger("some.library").warning("slow %s", "query")
logging.getLogger("uvicorn.error").info("Started")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("uvicorn.error").exception("failed")
"""


def written(level: str) -> list[dict[str, Any]]:
    done = subprocess.run([sys.executable, "-W", "always", "-c", SCRIPT, level], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_libraries_warnings_and_the_server_write_lines_of_our_shape() -> None:
    lines = written("info")
    assert [line["level"] for line in lines] == ["info", "error", "warning", "warning", "info", "error"]
    assert all(line["timestamp"].endswith("Z") for line in lines)
    assert [line.get("logger") for line in lines] == [
        None, None, "py.warnings", "some.library", "uvicorn.error", "uvicorn.error"
    ]  # fmt: skip
    ours, _, warning, library, started, failed = lines
    assert set(ours) == {"event", "level", "timestamp", "status"}
    assert "DeprecationWarning: soon gone\nand forgotten" in warning["event"]
    assert set(library) == {"event", "level", "timestamp", "logger"}
    assert (library["event"], started["event"], failed["event"]) == ("slow query", "Started", "failed")
    assert "ZeroDivisionError" in failed["exception"]


def test_a_full_disk_costs_the_lines_and_nothing_else() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([sys.executable, "-u", "-c", SCRIPT, "info"], stdout=full, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, b"")


class SmallFile(io.StringIO):
    """Takes a part of what does not fit, as a disk does."""

    has_room = True

    def write(self, text: str) -> int:
        if self.has_room:
            return super().write(text)
        super().write(text[:4])
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_line_that_was_cut_off_does_not_spoil_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    log, file = Lossy(), SmallFile()
    monkeypatch.setattr("sys.stdout", file)
    file.has_room = False
    log.write('{"event": 1}\n')
    file.has_room = True
    log.write('{"event": 2}\n')
    log.write('{"event": 3}\n')
    assert file.getvalue().splitlines() == ['{"ev', '{"event": 2}', '{"event": 3}']


def test_a_higher_level_holds_for_all() -> None:
    assert [line["event"] for line in written("error")] == ["ours", "failed"]
