"""`python -m benchmarks.sizes 300 10000`: what a desk of so many tickets needs: memory, disk and time to start.

Each desk is made anew in a folder of its own, measured, and deleted, so that the rows can be measured one by one.
"""

import contextlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import httpx
import psutil
import typer

from benchmarks.desk import ask, enter
from benchmarks.launcher import environment_of, free_ports, running_desk, wait_for
from benchmarks.told import tell
from contracts.people import Role
from lodge.services import ROOT
from service_kit.notes import process_notes
from service_kit.settings import usual_workers

USUAL_SIZES = [300, 10_000]
# The desk has settled when all of its processes together used less than this share of a processor for so long.
QUIET_SHARE, QUIET_SECONDS = 0.15, 20.0
LONGEST_SETTLING_SECONDS = 3_600.0
ROUNDS = 20
WORKER = "data-api"
ANALYSES = ("open-in-period", "resolution-time-by-month", "active-by-category")


@dataclass(frozen=True)
class Size:
    """Memory is in bytes, by process; a page that processes share counts with each of them by its part."""

    tickets: int
    memory: dict[str, float]
    database_bytes: int
    replica_bytes: int
    seed_seconds: float
    first_start_seconds: float
    start_seconds: float
    backup_seconds: float
    backup_bytes: int


def measure(tickets: int, home: Path) -> Size:
    """Makes a desk of so many tickets in this folder, and measures it. Deletes the folder."""
    shutil.rmtree(home, ignore_errors=True)
    ports = free_ports()
    tell(f"{tickets:,} tickets: seeding")
    seed_seconds = _lodge(home, ports, "seed", "--tickets", str(tickets))
    tell(f"{tickets:,} tickets: first start")
    began = time.perf_counter()
    with running_desk(home, ports) as desk:
        wait_for(desk, "ready")
        first_start_seconds = time.perf_counter() - began
        _settle(desk.pid)
    tell(f"{tickets:,} tickets: a later start")
    began = time.perf_counter()
    with running_desk(home, ports) as desk:
        wait_for(desk, "ready")
        start_seconds = time.perf_counter() - began
        _use(ports)
        _settle(desk.pid)
        memory = {name: _memory(pid) for name, pid in _processes(home)}
        memory["lodge-up"] = _memory(desk.pid, with_children=False)
        backup = home / "sizes.lodge"
        backup_seconds = _lodge(home, ports, "backup", str(backup))
        backup_bytes = backup.stat().st_size
    size = Size(
        tickets=tickets,
        memory=memory,
        database_bytes=_bytes(home / "postgres"),
        replica_bytes=_bytes(home / "warehouse"),
        seed_seconds=seed_seconds,
        first_start_seconds=first_start_seconds,
        start_seconds=start_seconds,
        backup_seconds=backup_seconds,
        backup_bytes=backup_bytes,
    )
    shutil.rmtree(home)
    return size


def _lodge(home: Path, ports: dict[str, str], *arguments: str) -> float:
    """Runs a command of this desk, and returns how many seconds it took. Raises CalledProcessError."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "lodge.main", *arguments],
        cwd=ROOT,
        env=environment_of(home, ports),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - began


def _use(ports: dict[str, str]) -> None:
    """Asks for what people ask for, so that what is loaded at the first use is in memory: lists, a search, tickets,
    suggestions, the overview, analyses and the page itself. It writes nothing."""
    data_api = f"http://127.0.0.1:{ports['LODGE_DATA_API_PORT']}"
    analytics_api = f"http://127.0.0.1:{ports['LODGE_ANALYTICS_API_PORT']}"
    agent = enter(data_api, Role.AGENT)
    for number in range(ROUNDS):
        items = ask(agent, "GET", f"/tickets?limit=50&sort={'-opened_at' if number % 2 else 'opened_at'}")["items"]
        ask(agent, "GET", f"/tickets/{items[number % len(items)]['id']}")
        ask(agent, "GET", "/tickets?q=projector")
        ask(agent, "GET", "/overview")
        ask(agent, "POST", "/tickets/suggestions", json={"description": f"The projector in room {number} stays dark."})
        for slug in ANALYSES:
            answer = httpx.get(
                f"{analytics_api}/analyses/{slug}", headers={"Authorization": f"Bearer {agent.token}"}, timeout=60
            )
            answer.raise_for_status()
    httpx.get(f"http://127.0.0.1:{ports['LODGE_UI_PORT']}/").raise_for_status()


def _settle(pid: int) -> None:
    """Waits until what a start brings with it is done, such as vectors of new tickets and the database's own work."""
    deadline = time.monotonic() + LONGEST_SETTLING_SECONDS
    while time.monotonic() < deadline:
        before = _processor_seconds(pid)
        time.sleep(QUIET_SECONDS)
        if _processor_seconds(pid) - before < QUIET_SHARE * QUIET_SECONDS:
            return
    raise RuntimeError("the desk does not come to rest")


def _processor_seconds(pid: int) -> float:
    seconds = 0.0
    for process in _family(pid):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            seconds += times.user + times.system
    return seconds


def _processes(home: Path) -> Iterator[tuple[str, int]]:
    for note in process_notes(home):
        yield note.stem, json.loads(note.read_text())["pid"]


def _memory(pid: int, *, with_children: bool = True) -> float:
    """Returns the proportional set size (PSS) where the system tells it, which is Linux, else the resident size."""
    total = 0.0
    for process in _family(pid) if with_children else [psutil.Process(pid)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            told = process.memory_full_info()
            total += getattr(told, "pss", told.rss)
    return total


def _family(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def _bytes(folder: Path) -> int:
    """Returns the room that the folder takes on the disk."""
    return sum(file.lstat().st_blocks * 512 for file in folder.rglob("*") if not file.is_dir())


def table(sizes: list[Size]) -> list[str]:
    """Returns the lines of a table in markdown."""
    return [
        "| tickets | Postgres | a data API worker | analytics API | UI | `lodge up` | all together | database |"
        " replica | seed | first start | later start | backup |",
        "|" + "---:|" * 13,
        *(
            f"| {size.tickets:,} | {_mb(size.memory['postgres'])} | {_mb(_of_a_worker(size))} "
            f"| {_mb(size.memory['analytics-api'])} | {_mb(size.memory['ui'])} | {_mb(size.memory['lodge-up'])} "
            f"| {_mb(sum(size.memory.values()))} | {_mb(size.database_bytes)} | {_mb(size.replica_bytes)} "
            f"| {size.seed_seconds:.0f} s | {size.first_start_seconds:.1f} s | {size.start_seconds:.1f} s "
            f"| {size.backup_seconds:.1f} s, {_mb(size.backup_bytes)} |"
            for size in sizes
        ),
    ]


def _of_a_worker(size: Size) -> float:
    workers = [memory for name, memory in size.memory.items() if name.startswith(WORKER)]
    return sum(workers) / len(workers)


def _mb(number: float) -> str:
    return f"{number / 1_000_000:,.0f} MB"


def main(
    tickets: Annotated[list[int] | None, typer.Argument(min=1, help="The sizes, in tickets.")] = None,
    home: Annotated[Path, typer.Option(help="Where the desks are made; deleted afterwards.")] = Path("var/sizes"),
) -> None:
    """Measure what desks of these sizes need, and print a table."""
    sizes = [measure(number, home) for number in tickets or USUAL_SIZES]
    memory = psutil.virtual_memory().total / 1_000_000_000
    print(
        f"{os.cpu_count()} processors ({platform.machine()}), {memory:.0f} GB of memory, {usual_workers()} workers.\n"
    )
    for line in table(sizes):
        print(line)


if __name__ == "__main__":
    typer.run(main)
