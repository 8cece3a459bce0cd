"""The UI's part: agents who use the queue page at the same time, each in their own tab."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from itertools import cycle
from time import monotonic, perf_counter

from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.desk import Desk, ask, enter
from benchmarks.measure import Limits, Row
from benchmarks.streamlit_session import StreamlitSession, open_tab
from benchmarks.told import tell
from contracts.people import Role
from contracts.tickets import TicketSort
from streamlit_app.tickets.fields import ORDERS

SESSIONS = 25
PAUSE_SECONDS = (1.0, 3.0)  # between an answer and the next change, while people read
WARM_UP_SECONDS, SECONDS = 10.0, 60.0

LIMITS = Limits({95: 250})

Step = Callable[[StreamlitSession], Coroutine[None, None, None]]


def measure_ui(desk: Desk, ui: str) -> list[Row]:
    """Measures the time from the sending of a change until the server reports the end of the page's run."""
    tell(f"UI, {SESSIONS} sessions for {WARM_UP_SECONDS + SECONDS:.0f} s")
    row = Row("", LIMITS)
    row.large.add(asyncio.run(_work(desk, ui)))
    rate = len(row.large.milliseconds) / SECONDS
    row.name = f"UI: queue page rerun, {SESSIONS} sessions, {rate:.1f} reruns/s"
    return [row]


async def _work(desk: Desk, ui: str) -> list[float]:
    tokens = [enter(desk.url, Role.AGENT, f"Benchmark Agent {number}").token for number in range(SESSIONS)]
    place = next(item["slug"] for item in ask(desk.agent, "GET", "/buildings")["items"])
    steps = _steps(desk.facts.medium_words[0], place)
    taken: list[float] = []
    begin = monotonic() + WARM_UP_SECONDS
    async with asyncio.TaskGroup() as group:
        for token in tokens:
            group.create_task(_agent(ui, token, steps, begin, taken))
    return taken


async def _agent(ui: str, token: str, steps: list[Step], begin: float, taken: list[float]) -> None:
    async with open_tab(ui, token, "queue") as tab:
        for step in cycle(steps):
            await asyncio.sleep(random.uniform(*PAUSE_SECONDS))
            if monotonic() > begin + SECONDS:
                return
            sent = perf_counter()
            await step(tab)
            if monotonic() > begin:
                taken.append(perf_counter() - sent)


def _steps(word: str, building: str) -> list[Step]:
    """Returns steps of working in the queue. Each filter is removed before the next one is set."""
    return [
        _go("status=active"),
        _press("queue_next"),
        _press("queue_next"),
        _go(""),
        _one("queue_sort", ORDERS[TicketSort.PRIORITY_HIGHEST]),
        _press("queue_next"),
        _one("queue_sort", ORDERS[TicketSort.OPENED_LAST]),
        _one("queue_q", word),
        _press("queue_next"),
        _one("queue_q", ""),
        _go(f"building={building}"),
        _press("queue_next"),
        _go(""),
    ]


def _go(query: str) -> Step:
    """Follows a link to the queue with these filters, as those in the menu at the side."""
    return lambda tab: tab.go(query)


def _one(key: str, value: str) -> Step:
    return lambda tab: tab.rerun(WidgetState(id=tab.widgets[key], string_value=value))


def _press(key: str) -> Step:
    return lambda tab: tab.rerun(WidgetState(id=tab.widgets[key], trigger_value=True))
