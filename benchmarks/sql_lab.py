"""The SQL lab's part: how soon statements are answered and ended, and what heavy and hostile ones cost others."""

import json
import os
import random
import select
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import count, cycle
from pathlib import Path
from uuid import uuid4

import httpx
import psutil

from benchmarks import lists
from benchmarks.desk import Desk, ask, enter
from benchmarks.figures import Figure
from benchmarks.http_load import Load, Operation, Pace, Server, run, run_paced
from benchmarks.measure import Limits, Row, Samples
from benchmarks.replica import open_tickets, peak_mib, until
from benchmarks.services import Analytics, running_analytics
from benchmarks.tickets import ticket_operations
from benchmarks.told import tell
from contracts.people import Role
from lodge.services import ROOT

ROUNDS = 3  # with and without the statements take turns
AT_ONCE = 8
HEAVY = [
    "SELECT count(*) FROM ticket AS a JOIN ticket AS b ON a.opened_at < b.closed_at AND a.reports < b.priority",
    "SELECT a.category_id, count(DISTINCT b.id) FROM ticket AS a JOIN ticket AS b USING (opened_day) GROUP BY ALL",
    "SELECT median(b.resolution_seconds) FROM ticket AS a JOIN ticket AS b USING (opened_day, category_id)",
    "SELECT count(*) FROM range(10000000) AS a, range(10000000) AS b WHERE hash(a.range) < hash(b.range)",
]
HOSTILE = ROOT / "tests" / "analytics_api" / "hostile.sql"
NOWHERE = {"secret": "/nowhere/secret", "out": "/nowhere/out", "port": "9", "file": "/nowhere/file.duckdb"}
PREVIEWED = [
    "FROM ticket",
    "SELECT * FROM tickets WHERE status = 'open'",
    "SELECT category, count(*) FROM tickets GROUP BY ALL",
    "SELECT opened_month, median(resolution_seconds) FROM ticket GROUP BY ALL ORDER BY ALL",
    "SELECT building, count(*) AS tickets FROM tickets GROUP BY ALL ORDER BY tickets DESC",
    "SELECT ticket_id, count(*) AS messages FROM message GROUP BY ALL ORDER BY messages DESC",
]
PREVIEWS = 120
CANCELS = 30
TICKETS = 40
ONE = Load(clients=1, each=200, seconds=20.0)
TWO = Load(clients=2, each=50, seconds=10.0)
COLUMNS = {"5 columns": "id, status, category_id, opened_at, resolution_seconds", "all columns": "*"}
ROWS = 1_000_000
LONGER_SECONDS = 120.0
HOSTILE_SECONDS = 2
DASHBOARDS_PACE = Pace(per_second=10, seconds=20.0)

AT_MOST_DOUBLED = Limits({99: float("inf")}, ratio=2)
DASHBOARDS = Limits({95: float("inf")}, ratio=2)
INTO_THE_REPLICA = Limits({99: 1000})
GONE = Limits({99: 500})
ARROW_LIMITS = Limits({50: 5000})
ARROW_MEMORY_MIB = 200


def measure_sql_lab(desk: Desk, home: Path, logs: Path) -> tuple[list[Figure], list[Row]]:
    token = enter(desk.url, Role.ANALYST).token
    with running_analytics(desk.database_url, desk.url, home, logs) as analytics:
        lab = Lab(analytics, token)
        rows = [_select_one(lab), _previewed(lab), _cancelled(lab)]
        figures, arrow = _as_arrow(lab)
        rows += [*arrow, *_beside_heavy_ones(desk, analytics, lab)]
    with running_analytics(desk.database_url, desk.url, home, logs, sql_seconds=HOSTILE_SECONDS) as analytics:
        beyond, dashboards = _beside_hostile_ones(Lab(analytics, token))
    return [*figures, beyond], [*rows, dashboards]


class Lab:
    """The analytics API as an analyst sees it, and its processes."""

    def __init__(self, analytics: Analytics, token: str) -> None:
        self.server = Server(analytics.url, token)
        self.pid = analytics.pid
        headers = {"Authorization": f"Bearer {token}"}
        self.client = httpx.Client(base_url=analytics.url, headers=headers, timeout=LONGER_SECONDS)

    def run(self, sql: str, name: str) -> int:
        """Returns the status of the answer."""
        return self.client.post("/sql", json={"sql": sql, "id": name}).status_code

    def statement(self, sql: str) -> Operation:
        return [self.server.request("POST", "/sql", json.dumps({"sql": sql}).encode())]

    def processes(self) -> list[int]:
        """Returns the statements' processes. Each is a fork, so its command line is the same as its parent's."""
        parents = {}
        for process in psutil.Process(self.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if "warehouse.lab.processes" in process.cmdline():
                    parents[process.pid] = process.ppid()
        return [pid for pid, parent in parents.items() if parent in parents]

    def seconds_of(self, sql: str) -> float:
        """Runs the statement, which must be answered in order, and returns for how long it ran."""
        name = uuid4().hex
        if self.run(sql, name) not in (200, 403, 422):
            raise RuntimeError(f"the lab does not answer {sql!r} in order")
        return float(self.client.get(f"/sql/{name}").json().get("elapsed_ms", 0.0)) / 1000

    @contextmanager
    def asked(self, statements: Sequence[str]) -> Iterator[None]:
        """Until the block ends, AT_ONCE clients ask one of these statements after the other."""
        ended = threading.Event()
        turn = cycle(statements)
        names: dict[int, str] = {}

        def repeat(client: int) -> None:
            while not ended.is_set():
                names[client] = uuid4().hex
                self.run(next(turn), names[client])

        with ThreadPoolExecutor(AT_ONCE) as pool:
            asking = [pool.submit(repeat, client) for client in range(AT_ONCE)]
            try:
                until(lambda: bool(self.processes()))
                yield
            finally:
                ended.set()
                while not all(one.done() for one in asking):
                    for name in list(names.values()):
                        self.client.delete(f"/sql/{name}")
                    time.sleep(0.05)
        for one in asking:
            one.result()


def _select_one(lab: Lab) -> Row:
    tell("SQL lab: SELECT 1")
    row = Row("SELECT 1 over HTTP", Limits({50: 150}))
    row.large.add(run(ONE, lab.server.url, cycle([lab.statement("SELECT 1")])))
    return row


def _previewed(lab: Lab) -> Row:
    """Asks for the first rows of each statement in turn."""
    tell("SQL lab: previews")
    row = Row("preview over HTTP", Limits({95: 300}))
    for number in range(PREVIEWS):
        ask = {"sql": f"{PREVIEWED[number % len(PREVIEWED)]} -- {number}", "preview": True}
        began = time.perf_counter()
        lab.client.post("/sql", json=ask).raise_for_status()
        row.large.add([time.perf_counter() - began])
    return row


def _cancelled(lab: Lab) -> Row:
    """Measures from the request to cancel until the system says that the process is gone."""
    tell("SQL lab: cancelled")
    row = Row("DELETE to the end of a heavy join's process", GONE)
    with ThreadPoolExecutor(1) as pool:
        for number in range(CANCELS):
            name = uuid4().hex
            asked = pool.submit(lab.run, HEAVY[number % len(HEAVY)], name)
            until(lambda: len(lab.processes()) == 1)
            handle = os.pidfd_open(lab.processes()[0])
            time.sleep(random.uniform(0.0, 1.0))
            began = time.perf_counter()
            lab.client.delete(f"/sql/{name}")
            select.select([handle], [], [])
            row.large.add([time.perf_counter() - began])
            os.close(handle)
            asked.result()
    return row


def _as_arrow(lab: Lab) -> tuple[list[Figure], list[Row]]:
    figures, rows = [], []
    for name, columns in COLUMNS.items():
        tell(f"SQL lab: {ROWS:,} rows as Arrow, {name}")
        row = Row(f"{ROWS:,} rows as Arrow, {name}", ARROW_LIMITS)
        before = _begin_peak(lab.pid)
        for _ in range(ROUNDS):
            began = time.perf_counter()
            _read_arrow(lab, f"SELECT {columns} FROM ticket LIMIT {ROWS}")
            row.large.add([time.perf_counter() - began])
        more = float(peak_mib(lab.pid) - before)
        what = f"memory of the analytics API during {row.name}, MiB more"
        figures.append(Figure(what, 1, more, more, more, at_most=ARROW_MEMORY_MIB))
        rows.append(row)
    return figures, rows


def _begin_peak(pid: int) -> int:
    """Forgets the process's peak memory, and returns what it takes now, in MiB."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return peak_mib(pid)


def _read_arrow(lab: Lab, sql: str) -> None:
    headers = {"Accept": "application/vnd.apache.arrow.stream"}
    with lab.client.stream("POST", "/sql", json={"sql": sql}, headers=headers) as answer:
        answer.raise_for_status()
        for _ in answer.iter_raw():
            pass


def _compared(row: Row, measure: Callable[[], list[float]], beside: Callable[[], AbstractContextManager[None]]) -> Row:
    """Measures without the statements (small) and with them (large), by turns."""
    for _ in range(ROUNDS):
        assert row.small is not None
        row.small.add(measure())
        with beside():
            row.large.add(measure())
    return row


def _beside_heavy_ones(desk: Desk, analytics: Analytics, lab: Lab) -> Iterator[Row]:
    def beside() -> AbstractContextManager[None]:
        return lab.asked(HEAVY)

    what = f"{AT_ONCE} heavy statements beside (small: none)"
    tell("SQL lab: a ticket's way into the replica")
    row = Row(f"201 to the new number, {what}", INTO_THE_REPLICA, small=Samples())
    yield _compared(row, lambda: _into_the_replica(desk, analytics), beside)
    pages = lists.first_page(desk.agent, lists.queue(desk.facts)["all tickets"])
    for name, operations in (
        ("queue", pages),
        ("create a ticket", ticket_operations(desk)["create a ticket"]),
    ):
        tell(f"SQL lab: {name}")
        row = Row(f"{name}, two clients, {what}", AT_MOST_DOUBLED, small=Samples())
        yield _compared(row, lambda asked=operations: run(TWO, desk.url, asked), beside)  # type: ignore[misc]


def _into_the_replica(desk: Desk, analytics: Analytics) -> list[float]:
    taken = []
    for _ in range(TICKETS):
        before = open_tickets(desk, analytics)
        ask(desk.reporter, "POST", "/tickets", json={"description": "A ticket of the benchmark"})
        taken.append(until(lambda before=before: open_tickets(desk, analytics) > before))  # type: ignore[misc]
        time.sleep(random.uniform(0.02, 0.2))
    return taken


def _beside_hostile_ones(lab: Lab) -> tuple[Figure, Row]:
    """Measures the dashboards before and during the whole list of hostile statements, and how long these took."""
    lines = [line for line in HOSTILE.read_text("utf-8").splitlines() if not line.startswith("-- ")]
    hostile = [line.format(**NOWHERE) for line in lines]
    random.Random(36).shuffle(hostile)  # so that those that take long are not together
    row = Row("analyses, 10 a second, hostile statements beside (small: none)", DASHBOARDS, small=Samples())
    assert row.small is not None
    questions = _questions(lab)
    tell("SQL lab: the dashboards alone")
    row.small.add(run_paced(DASHBOARDS_PACE, lab.server.url, questions))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = [pool.submit(lab.seconds_of, sql) for sql in hostile]
        while not all(one.done() for one in asked):
            tell(f"SQL lab: {sum(one.done() for one in asked)} of {len(asked)} hostile statements")
            row.large.add(run_paced(DASHBOARDS_PACE, lab.server.url, questions))
    longest = max(one.result() for one in asked) - HOSTILE_SECONDS
    name = "hostile statements: the longest, seconds beyond its limit"
    return Figure(name, len(hostile), longest, longest, longest, at_most=1), row


def _questions(lab: Lab) -> Iterator[Operation]:
    """The analyses in turn, each time with another parameter, so that no answer is cached."""
    for n in count(random.randrange(10**6)):
        for question in (
            f"open-in-period?days={n % 1095 + 1}",
            f"resolution-time-by-month?at_least={n % 100 + 1}",
            f"active-by-category?older_than={n % 366}",
            f"created-and-closed-by-day?days={n % 724 + 7}",
        ):
            yield [lab.server.request("GET", f"/analyses/{question}")]
