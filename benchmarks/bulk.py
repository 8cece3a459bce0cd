"""`python -m benchmarks.bulk`: how long a change of a thousand tickets takes, and what it costs eight other clients."""

import threading
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from time import perf_counter, sleep
from typing import Annotated, Any

import typer

from benchmarks import lists
from benchmarks.databases import forget_reports, open_kept
from benchmarks.desk import Desk, ask, open_desk
from benchmarks.http_load import Load, Operation, run
from benchmarks.machine import OtherWork
from benchmarks.measure import Limits, Row, Samples
from benchmarks.services import running_data_api
from benchmarks.tickets import ticket_operations
from benchmarks.told import print_table, tell
from contracts.bulk import MOST_TICKETS
from service_kit.settings import usual_workers

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

MOST_MILLISECONDS = 10_000
# What the others do meanwhile, in turns.
OTHERS = ("ticket with its thread", "create a ticket", "write a message", "change a status", "overview")
ROUND = Load(clients=8, each=10_000, seconds=8.0)
WARM_UP = Load(clients=8, each=10, seconds=5.0)
MOST_TIMES_SLOWER = 2.0


@app.command()
def main(
    home: Annotated[Path, typer.Option(help="Where the database server is kept between runs.")] = Path("var/bench"),
    tickets: Annotated[int, typer.Option(help="The size of the campus.")] = 1_000_000,
    workers: Annotated[int, typer.Option(min=1, max=8)] = usual_workers(),
) -> None:
    """Measure changes of 1,000 tickets, each alone and beside eight clients that work without a pause."""
    with (
        open_kept(home, f"bulk_{tickets}", tickets) as url,
        running_data_api(url, home / "logs", workers=workers) as api,
    ):
        forget_reports(url)
        desk = open_desk(url, api)
        others = OtherWork()
        rows = measure_bulk(desk)
        forget_reports(url)
    print_table(
        rows, f"Milliseconds; {workers} workers; {tickets:,} tickets. Other programs took {others.share():.0%}."
    )
    raise typer.Exit(1 if any(row.failures() for row in rows) else 0)


def measure_bulk(desk: Desk) -> list[Row]:
    """For the clients' row, `small` is what they measure while nothing else happens."""
    ids = [ask(desk.reporter, "POST", "/tickets", json=report(number))["id"] for number in range(MOST_TICKETS)]
    rows = []
    for name, change in changes(desk).items():
        tell(f"1,000 tickets: {name}")
        rows.append(Row(f"1,000 tickets, {name}", Limits({50: MOST_MILLISECONDS})))
        rows[-1].large.add([seconds_of(desk, ids, change)])
    clients = Row("eight clients, beside changes of 1,000 tickets", Limits({99: 1_000}, ratio=MOST_TIMES_SLOWER))
    clients.small = Samples()
    run(WARM_UP, desk.url, operations(desk))
    beside = Row("1,000 tickets, beside eight clients", Limits({50: MOST_MILLISECONDS}))
    for _ in range(3):
        tell("eight clients alone, then beside changes")
        clients.small.add(run(ROUND, desk.url, operations(desk)))
        clients.large.add(while_changing(desk, ids, beside, lambda: run(ROUND, desk.url, operations(desk))))
    return [*rows, beside, clients]


def report(number: int) -> dict[str, Any]:
    return {"description": f"The lamp in room {number} flickers since this morning.", "category": "technical-it"}


def changes(desk: Desk) -> dict[str, dict[str, Any]]:
    return {
        "assignee and priority": {"assignee": desk.facts.assignees[0], "priority": "high"},
        "tags": {"tags_added": ["outage", "wing-a"]},
        "status active": {"status": "active"},
        "category": {"category": desk.facts.categories[0]},
        "closed": {"status": "closed"},
        "reopened": {"status": "active"},
    }


def seconds_of(desk: Desk, ids: list[int], change: dict[str, Any]) -> float:
    began = perf_counter()
    answer = ask(desk.agent, "POST", "/tickets/bulk?wait_seconds=30", json={"ids": ids, "change": change})
    while answer["state"] != "finished":
        sleep(0.1)
        answer = ask(desk.agent, "GET", f"/tickets/bulk/{answer['id']}")
    assert answer["done"] == len(ids), answer["refused"][:3]
    return perf_counter() - began


def while_changing(desk: Desk, ids: list[int], row: Row, measure: Callable[[], list[float]]) -> list[float]:
    """Changes the tickets again and again until `measure` has ended."""
    done = threading.Event()
    kinds: list[dict[str, Any]] = [
        {"priority": "low", "category": desk.facts.categories[0]},
        {"priority": "high", "assignee": None},
    ]
    turns = cycle(kinds)

    def keep_changing() -> None:
        while not done.is_set():
            row.large.add([seconds_of(desk, ids, next(turns))])

    thread = threading.Thread(target=keep_changing)
    thread.start()
    try:
        return measure()
    finally:
        done.set()
        thread.join()


def operations(desk: Desk) -> Iterator[Operation]:
    """Returns what eight people do: they open the queue, read tickets, report, answer and move. Their tickets are made
    at once, because a connection that waited for them would be closed for being idle."""
    single = ticket_operations(desk)
    name, queries = next(iter(lists.queue(desk.facts).items()))
    tell(f"the clients open the queue ({name}) and do: {', '.join(OTHERS)}")
    every = [lists.first_page(desk.agent, queries), *(single[other] for other in OTHERS)]
    return map(next, cycle(every))


if __name__ == "__main__":
    app()
