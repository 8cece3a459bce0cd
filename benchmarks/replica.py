"""The replica's part: how soon a commit changes the analyses, what following costs writers, how fast answers are."""

import random
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, cycle
from pathlib import Path

import psutil

from benchmarks.desk import Desk, ask, enter
from benchmarks.http_load import Load, Operation, Pace, Server, run, run_paced
from benchmarks.measure import Limits, Row, Samples
from benchmarks.services import Analytics, running_analytics
from benchmarks.tickets import ticket_operations
from benchmarks.told import tell
from contracts.people import Role

ONE_BY_ONE = 100
PACE = Pace(per_second=50, seconds=20.0)
ROUNDS = 3  # in turns with and without the follower: a minute for each round
POLL_SECONDS = 0.005
SEEN_WITHIN_SECONDS = 30.0
ANSWERS = Load(clients=1, each=200, seconds=20.0)
WRITES = ("create a ticket", "write a message", "change a status")

SOON = Limits({50: 50, 99: 250})
SOON_IN_A_FLOOD = Limits({99: 1000})
UNDISTURBED = Limits({99: float("inf")}, ratio=1.3)
LOAD_LIMITS = Limits({50: 20_000})
MEMORY_LIMIT_MIB = 1536


def measure_replica(desk: Desk, home: Path, logs: Path) -> list[Row]:
    shutil.rmtree(home / "warehouse", ignore_errors=True)
    loaded = _first_load(desk, home, logs)
    writers = Row("writers, 50 a second, beside the follower (small: without it)", UNDISTURBED, small=Samples())
    flood = Row("commit to number, 50 writes a second", SOON_IN_A_FLOOD)
    for number in range(1, ROUNDS + 1):
        tell(f"replica, round {number} of {ROUNDS}")
        assert writers.small is not None
        writers.small.add(run_paced(PACE, desk.url, _writes(desk)))
        with running_analytics(desk.database_url, desk.url, home, logs) as analytics, ThreadPoolExecutor(1) as prober:
            writers.large.add(run_paced(PACE, desk.url, _writes(desk)))
            probing = prober.submit(_in_a_flood, desk, analytics)  # costly, so the writers are measured without it
            run_paced(PACE, desk.url, _writes(desk))
            flood.large.add(probing.result())
    with running_analytics(desk.database_url, desk.url, home, logs) as analytics:
        return [loaded, _one_by_one(desk, analytics), flood, writers, *_answers(desk, analytics)]


def _first_load(desk: Desk, home: Path, logs: Path) -> Row:
    """Measures from the start of the process until it answers. The row's name includes its peak memory."""
    row = Row("first load, until it answers", LOAD_LIMITS)
    began = time.perf_counter()
    with running_analytics(desk.database_url, desk.url, home, logs) as analytics:
        row.large.add([time.perf_counter() - began])
        peak = peak_mib(analytics.pid)
    tell(f"first load: {row.large.milliseconds[0] / 1000:.1f} s, at most {peak} MiB (limit {MEMORY_LIMIT_MIB})")
    row.name += f", at most {peak} MiB"
    return row


def peak_mib(pid: int) -> int:
    """Returns the process's peak resident memory on Linux; elsewhere, its present resident memory."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) // 1024
    except OSError:
        return int(psutil.Process(pid).memory_info().rss) // 2**20


def _one_by_one(desk: Desk, analytics: Analytics) -> Row:
    tell("replica, tickets one by one")
    row = Row("201 to the new number, one ticket at a time", SOON)
    for _ in range(ONE_BY_ONE):
        before = open_tickets(desk, analytics)
        ask(desk.reporter, "POST", "/tickets", json={"description": "A ticket of the benchmark"})
        row.large.add([until(lambda before=before: open_tickets(desk, analytics) > before)])  # type: ignore[misc]
        time.sleep(random.uniform(0.02, 0.2))
    return row


def _in_a_flood(desk: Desk, analytics: Analytics) -> list[float]:
    """Returns the seconds until the change of a ticket to active is visible in the analyses, during other writes.

    The tickets are in a category that the other writes do not touch.
    """
    category = desk.facts.categories[-1]
    ends_at = time.monotonic() + PACE.seconds - 2
    seconds = []
    while time.monotonic() < ends_at:
        ticket = ask(desk.reporter, "POST", "/tickets", json={"description": "A probe", "category": category})["id"]
        before = _active(desk, analytics, category)
        ask(desk.agent, "POST", f"/tickets/{ticket}/status", json={"status": "active"})
        seconds.append(until(lambda before=before: _active(desk, analytics, category) > before))  # type: ignore[misc]
    return seconds


def until(is_there: Callable[[], bool]) -> float:
    """Waits until the function returns true, and returns the seconds that it took. Raises RuntimeError."""
    began = time.perf_counter()
    while not is_there():
        if time.perf_counter() - began > SEEN_WITHIN_SECONDS:
            raise RuntimeError("a commit does not appear in the numbers")
        time.sleep(POLL_SECONDS)
    return time.perf_counter() - began


def open_tickets(desk: Desk, analytics: Analytics) -> int:
    found: int = _ask(desk, analytics, "open-in-period?hours=1")["rows"][0]["tickets"]
    return found


def _active(desk: Desk, analytics: Analytics, category: str) -> int:
    rows = _ask(desk, analytics, "active-by-category")["rows"]
    return next((row["tickets"] for row in rows if row["category"] == category), 0)


def _ask(desk: Desk, analytics: Analytics, question: str) -> dict:  # type: ignore[type-arg]
    found: dict = ask(Server(analytics.url, desk.agent.token), "GET", f"/analyses/{question}")  # type: ignore[type-arg]
    return found


def _writes(desk: Desk) -> Iterator[Operation]:
    operations = ticket_operations(desk)
    return (next(operation) for operation in cycle([operations[name] for name in WRITES]))


def _answers(desk: Desk, analytics: Analytics) -> Iterator[Row]:
    """Measures each analysis. Each request has another parameter than the one before, so that no answer is cached."""
    tell("analyses over HTTP")
    # Time by agent is for managers.
    server = Server(analytics.url, enter(desk.url, Role.MANAGER).token)
    questions: dict[str, Callable[[int], str]] = {
        "open-in-period": lambda n: f"open-in-period?days={n % 1095 + 1}",
        "resolution-time-by-month": lambda n: f"resolution-time-by-month?at_least={n % 100 + 1}",
        "active-by-category": lambda n: f"active-by-category?older_than={n % 366}",
        "load-by-team": lambda n: f"load-by-team?older_than={n % 366}",
        "closed-by-team-and-month": lambda n: f"closed-by-team-and-month?months={n % 36 + 1}",
        "time-by-category": lambda n: f"time-by-category?days={n % 730 + 1}",
        "time-by-team": lambda n: f"time-by-team?days={n % 730 + 1}",
        "time-by-agent": lambda n: f"time-by-agent?days={n % 730 + 1}",
        "created-and-closed-by-day": lambda n: f"created-and-closed-by-day?days={n % 724 + 7}",
    }
    for name, question in questions.items():
        asked = (
            [server.request("GET", f"/analyses/{question(number)}")]
            for number in count(random.randrange(10**6))  # so that a second run finds no cached answers
        )
        row = Row(f"analysis over HTTP, {name}", Limits({50: 30}))
        row.large.add(run(ANSWERS, analytics.url, asked))
        yield row
