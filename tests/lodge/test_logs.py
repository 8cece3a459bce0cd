"""What the desk's processes print is in their logs, which stay small; with LODGE_LOG_FORMAT=json each line is an
object."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from lodge import logs
from lodge.home import Home
from lodge.logs import json_line
from lodge.processes import Program, Running, spawn
from service_kit.settings import LogFormat
from tests.lodge.desk_process import DeskProcess
from tests.lodge.waiting import wait_until

LINES = 20_000
PRINTING = f"import sys\nfor number in range({LINES}): print(sys.argv[1], number, flush=number % 7 == 0)"


@pytest.fixture
def folder(home_path: Path) -> Path:
    home = Home(home_path)
    home.make()
    return home.logs


def printing(folder: Path, name: str, script: str = PRINTING, log_format: LogFormat = "plain") -> Running:
    command = (sys.executable, "-c", script, name)
    return spawn(Program(name, command, dict(os.environ), folder, folder / f"{name}.log", log_format))


def finish(process: Running) -> None:
    assert process.wait() == 0
    process.log_pipe.drain(60)


def oldest_first(folder: Path, name: str) -> list[Path]:
    return sorted(folder.glob(f"{name}.log*"), key=lambda path: -int(path.suffix.lstrip(".").replace("log", "0")))


def test_no_line_is_lost_when_a_new_file_begins(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several workers print at once."""
    monkeypatch.setattr(logs, "LOG_BYTES", 20_000)
    monkeypatch.setattr(logs, "OLDER_PARTS", 1_000)
    names = ("data-api-1", "data-api-2", "data-api-3")
    for process in [printing(folder, name) for name in names]:
        finish(process)
    for name in names:
        files = oldest_first(folder, name)
        assert len(files) > 3
        lines = "".join(path.read_text() for path in files).splitlines()
        assert lines == [f"{name} {number}" for number in range(LINES)]


def test_size_and_number_of_files_are_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "LOG_BYTES", 20_000)
    monkeypatch.setattr(logs, "_CHUNK_BYTES", 1_000)
    finish(printing(folder, "ui"))
    files = oldest_first(folder, "ui")
    assert len(files) == logs.OLDER_PARTS + 1
    assert all(path.stat().st_size <= 20_000 for path in files)
    assert files[-1].read_text().endswith(f"ui {LINES - 1}\n")


def test_a_process_does_not_notice_that_its_log_cannot_be_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a full disk, where Python's own `print` would raise an error."""
    whole = logs.BoundedLog._open

    def opened(log: logs.BoundedLog) -> Any:
        stream = whole(log)
        os.dup2(os.open("/dev/full", os.O_WRONLY), stream.fileno())
        return stream

    monkeypatch.setattr(logs.BoundedLog, "_open", opened)
    finish(printing(folder, "ui"))


def test_a_line_without_an_end_is_kept_and_one_without_end_is_bounded(folder: Path) -> None:
    finish(printing(folder, "ui", "import sys; sys.stdout.write('x' * 250_000 + 'end')"))
    lines = (folder / "ui.log").read_text().splitlines()
    assert "".join(lines) == "x" * 250_000 + "end"
    assert max(map(len, lines)) <= logs.LONGEST_LINE_BYTES + logs._CHUNK_BYTES


def test_bytes_that_are_no_text_stay_in_a_plain_log_and_are_replaced_in_json(folder: Path) -> None:
    script = "import sys; sys.stdout.buffer.write(b'caf\\xe9\\n')"
    finish(printing(folder, "ui", script))
    assert (folder / "ui.log").read_bytes() == b"caf\xe9\n"
    finish(printing(folder, "other", script, "json"))
    assert json.loads((folder / "other.log").read_text())["event"] == "caf\N{REPLACEMENT CHARACTER}"


POSTGRES = "2026-11-30 14:02:11.418 UTC [4711] FATAL:  the database system is starting up"
LONG_NUMBER = f"2026-11-30 14:02:11.418 UTC [{'9' * 5_000}]"
OURS = '{"event": "request", "level": "info", "timestamp": "2026-11-30T14:02:11.418000Z"}'


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            POSTGRES,
            {
                "event": "the database system is starting up",
                "level": "critical",
                "timestamp": "2026-11-30T14:02:11.418Z",
                "logger": "ui",
                "pid": 4711,
            },
        ),
        ("WARNING:  Invalid HTTP request", {"event": "Invalid HTTP request", "level": "warning", "logger": "ui"}),
        ('  File "main.py", line 1', {"event": '  File "main.py", line 1', "level": "info", "logger": "ui"}),
        ("{not json", {"event": "{not json", "level": "info", "logger": "ui"}),
        # Python refuses to read so long a number. Nothing may end the thread that reads a process's output.
        (f"{LONG_NUMBER} LOG: x", {"event": f"{LONG_NUMBER} LOG: x", "level": "info", "logger": "ui"}),
        (OURS, json.loads(OURS)),
    ],
)
def test_a_line_becomes_an_object_with_the_keys_of_our_own(line: str, expected: dict[str, Any]) -> None:
    found = json.loads(json_line(line, "ui"))
    assert found["timestamp"].endswith("Z")
    assert found == {"timestamp": found["timestamp"]} | expected


def test_each_line_of_each_process_and_of_the_launcher_is_an_object(made_home: Path) -> None:
    with DeskProcess(made_home, LODGE_WORKERS="2", LODGE_LOG_FORMAT="json") as desk:
        wait_until(lambda: any('"ready"' in line for line in desk.lines), "ready")
        desk.interrupt()
        assert desk.wait() == 0
    launcher = [json.loads(line) for line in desk.lines]
    assert {"ready", "stopping"} <= {line["event"] for line in launcher}
    assert {(line["logger"], line["level"]) for line in launcher} == {("lodge", "info")}
    told = {
        path.name: [json.loads(line) for line in path.read_text().splitlines()]
        for path in (made_home / "logs").glob("*.log")
    }
    assert {"postgres.log", "ui.log", "data-api-1.log", "data-api-2.log"} <= set(told)
    assert "database system is shut down" in {line["event"] for line in told["postgres.log"]}
    assert {"event", "level", "timestamp"} <= set.intersection(
        *(set(line) for lines in told.values() for line in lines)
    )


def test_a_launcher_that_cannot_start_says_so_as_an_object(made_home: Path) -> None:
    with DeskProcess(made_home, LODGE_LOG_FORMAT="json", LODGE_ANALYTICS_DATABASE_URL="postgresql://a@b/c") as desk:
        assert desk.wait() == 1
    (line,) = map(json.loads, desk.lines)
    assert line["level"] == "error"
    assert line["event"].startswith("LODGE_ANALYTICS_DATABASE_URL is of use")
