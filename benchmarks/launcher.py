"""Measures how long `lodge up` takes until the desk is ready, and until a killed service is back."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import Limits, Row
from benchmarks.services import free_port
from benchmarks.told import tell
from lodge.services import ROOT
from service_kit.settings import usual_workers

STARTS = 3
KILLS = 3
# The name of each process in the output of `lodge up`, and the name of its pid file.
KILLED = {"Postgres": "postgres", "data API": "data-api", "analytics API": "analytics-api", "UI": "ui"}
if usual_workers() > 1:
    KILLED["data API 1"] = KILLED.pop("data API") + "-1"
STEADY_SECONDS = 6.0  # a process that has run this long is restarted at once, one that ends sooner after a pause

BACK = Limits({99: 10_000})


def measure_launcher(folder: Path) -> list[Row]:
    """Measures with this folder as LODGE_HOME, and deletes it at the end."""
    first, again = Row("lodge up, first start, until ready", Limits()), Row("lodge up, a later start", Limits())
    back = {name: Row(f"lodge up, {name} killed, until it is back", BACK) for name in KILLED}
    for number in range(STARTS):
        tell(f"launcher, start {number + 1} of {STARTS}")
        shutil.rmtree(folder, ignore_errors=True)
        for row in (first, again):
            began = time.perf_counter()
            with running_desk(folder, free_ports()) as desk:
                wait_for(desk, "ready")
                row.large.add([time.perf_counter() - began])
    with running_desk(folder, free_ports()) as desk:
        wait_for(desk, "ready")
        for name, row in back.items():
            tell(f"launcher, {name} killed")
            row.large.add([_seconds_until_back(desk, folder, name) for _ in range(KILLS)])
    shutil.rmtree(folder)
    return [first, again, *back.values()]


def _seconds_until_back(desk: subprocess.Popen[str], home: Path, name: str) -> float:
    time.sleep(STEADY_SECONDS)
    noted = json.loads((home / "run" / f"{KILLED[name]}.pid").read_text())
    os.kill(noted["pid"], signal.SIGKILL)
    began = time.perf_counter()
    wait_for(desk, f"{name} is back")
    return time.perf_counter() - began


def free_ports() -> dict[str, str]:
    """Returns settings for the ports of a desk."""
    return {f"LODGE_{name}_PORT": str(free_port()) for name in ("UI", "DATA_API", "ANALYTICS_API")}


def environment_of(home: Path, ports: dict[str, str]) -> dict[str, str]:
    """Returns an environment in which only these settings are made."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("LODGE_")}
    return others | ports | {"LODGE_HOME": str(home.absolute()), "PYTHONUNBUFFERED": "1"}


@contextmanager
def running_desk(home: Path, ports: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "lodge.main", "up"],
        cwd=ROOT,
        env=environment_of(home, ports),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def wait_for(desk: subprocess.Popen[str], beginning: str) -> None:
    """Waits until `lodge up` prints a line with this beginning. Raises RuntimeError when it ends before; there is no
    timeout, because a desk that cannot start ends by itself."""
    said: list[str] = []
    assert desk.stdout is not None
    for line in desk.stdout:
        said.append(line)
        if line.startswith(beginning):
            return
    raise RuntimeError("`lodge up` has ended:\n" + "".join(said))
