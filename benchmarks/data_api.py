"""The data API's part: eight clients send requests without a pause, to the small and the large desk in turns."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle

from benchmarks import lists
from benchmarks.desk import Desk
from benchmarks.facts import Facts
from benchmarks.http_load import Load, Operation, run
from benchmarks.measure import Limits, Row, Samples
from benchmarks.tickets import ticket_operations
from benchmarks.told import tell
from benchmarks.views import counts_of_ten_views
from contracts.tickets import TicketQuery

ROUNDS = 5  # small and large take turns, so that other load on the machine affects both
LOAD = Load(clients=8, each=12, seconds=3.0)  # 5 rounds: 480 samples, so that five lie above the 99th percentile
WARM_UP = Load(clients=8, each=3, seconds=10.0)
SHORT = Load(clients=8, each=6, seconds=1.0)
SHORT_WARM_UP = Load(clients=8, each=1, seconds=5.0)
SHORT_ROUNDS = 2
MOST_SECONDS = 8 * 60  # no further round begins after this, so that a slow machine finishes too, with fewer samples

LIMITS = Limits({50: 50, 99: 200}, ratio=2)
SEARCH_LIMITS = Limits({99: 300}, ratio=2)


@dataclass
class Task:
    row: Row
    large: Iterator[Operation]
    small: Iterator[Operation]


def measure_data_api(small: Desk, large: Desk) -> list[Row]:
    tasks = list(_tasks(small, large))
    for task in tasks:
        run(WARM_UP, small.url, task.small)
        run(WARM_UP, large.url, task.large)
    began, used = time.monotonic(), time.process_time()
    for number in range(1, ROUNDS + 1):
        tell(f"data API, round {number} of {ROUNDS}, {len(tasks)} rows")
        for task in tasks:
            _take(task, small, large)
        if time.monotonic() - began > MOST_SECONDS:
            break
    share = (time.process_time() - used) / (time.monotonic() - began)
    tell(f"data API: the clients took {share:.0%} of one processor")
    return [task.row for task in tasks]


def measure_lists(small: Desk, large: Desk) -> list[Row]:
    """Measures each filter in each order, first and hundredth page, with few samples of each."""
    tasks = list(_pages(small, large, lists.combined, LIMITS))
    for number, task in enumerate(tasks):
        if number % 50 == 0:
            tell(f"lists, row {number} of {len(tasks)}")
        for desk, operations in ((small, task.small), (large, task.large)):
            run(SHORT_WARM_UP, desk.url, operations)
        for _ in range(SHORT_ROUNDS):
            _take(task, small, large, SHORT)
    return [task.row for task in tasks]


def _take(task: Task, small: Desk, large: Desk, load: Load = LOAD) -> None:
    assert task.row.small is not None
    task.row.small.add(run(load, small.url, task.small))
    task.row.large.add(run(load, large.url, task.large))


def _tasks(small: Desk, large: Desk) -> Iterator[Task]:
    floors = [cycle([[desk.agent.request("GET", "/desk")]]) for desk in (small, large)]
    yield Task(Row("floor: answer without a database", Limits(), small=Samples()), floors[1], floors[0])
    yield from _list_tasks(small, large)
    yield Task(
        Row("counts of ten views", LIMITS, small=Samples()), counts_of_ten_views(large), counts_of_ten_views(small)
    )
    operations = ticket_operations(small)
    for name, operation in ticket_operations(large).items():
        yield Task(Row(name, LIMITS, small=Samples()), operation, operations[name])


def _pages(
    small: Desk, large: Desk, ask: Callable[[Facts], dict[str, list[TicketQuery]]], limits: Limits
) -> Iterator[Task]:
    in_small = ask(small.facts)
    for name, queries in ask(large.facts).items():
        pages = [lists.first_page(desk.agent, query) for desk, query in ((large, queries), (small, in_small[name]))]
        yield Task(Row(f"queue, {name}", limits, small=Samples()), *pages)
        is_long, deep = lists.deep_pages(large, queries)
        if is_long:
            _, small_deep = lists.deep_pages(small, in_small[name])
            yield Task(Row(f"queue, {name}, page 100", limits, small=Samples()), deep, small_deep)


def _list_tasks(small: Desk, large: Desk) -> Iterator[Task]:
    yield from _pages(small, large, lists.queue, LIMITS)
    yield from _pages(small, large, lists.searches, SEARCH_LIMITS)
    in_small = lists.students(small.facts)
    for name, queries in lists.students(large.facts).items():
        limits = SEARCH_LIMITS if "search" in name else LIMITS
        pages = [lists.first_page(desk.student, query) for desk, query in ((large, queries), (small, in_small[name]))]
        yield Task(Row(f"student, {name}", limits, small=Samples()), *pages)
