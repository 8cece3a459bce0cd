"""How soon somebody who is deactivated is out: of both APIs, a live stream, an open tab and a running statement."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from benchmarks.measure import Limits, Row
from benchmarks.services import running_analytics, running_ui
from benchmarks.told import tell
from streamlit_app.server.cookies import cookie_name

ENDLESS = "SELECT count(*) FROM range(10000000) AS a, range(10000000) AS b"
OUT = Limits({95: 1_000})
LONGEST_SECONDS = 60.0
ASK_AGAIN_SECONDS = 0.005

Wait = Callable[[], object]


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in, and where the services are."""

    token: str
    data_api: str
    analytics: str
    ui: str

    def client(self, url: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.Client(base_url=url, headers=headers, timeout=LONGEST_SECONDS, trust_env=False)


def measure_access_ends(database_url: str, data_api: str, logs: Path, admin: str, people: dict[int, str]) -> list[Row]:
    """`admin` is the token of an administrator; `people` are the tokens of people who may use the SQL lab, by their
    ids. All of them are deactivated."""
    tell(f"deactivating {len(people)} people")
    rows = {way: Row(f"deactivated, until {way}", OUT) for way in WAYS}
    with ExitStack() as stack:
        home = Path(stack.enter_context(TemporaryDirectory(prefix="lodge-bench-")))
        analytics = stack.enter_context(running_analytics(database_url, data_api, home, logs)).url
        ui = stack.enter_context(running_ui(data_api, logs, analytics))
        administrator = stack.enter_context(Person(admin, data_api, analytics, ui).client(data_api))
        for number, token in people.items():
            deactivate = partial(administrator.post, f"/people/{number}/deactivate")
            for way, seconds in _out(Person(token, data_api, analytics, ui), deactivate).items():
                rows[way].large.add([seconds])
    return list(rows.values())


def _out(person: Person, deactivate: Callable[[], httpx.Response]) -> dict[str, float]:
    """Returns the seconds from the answer to the deactivation until each of the ways has ended."""
    began = threading.Event()
    ended: dict[str, float] = {}

    def wait_for(way: str, wait: Wait) -> None:
        began.wait()
        wait()
        ended[way] = time.perf_counter()

    with ExitStack() as stack:
        waits = {way: opened(person, stack) for way, opened in WAYS.items()}
        pool = stack.enter_context(ThreadPoolExecutor(len(waits)))
        waiting = [pool.submit(wait_for, way, wait) for way, wait in waits.items()]
        began.set()
        deactivate().raise_for_status()
        done = time.perf_counter()
        for each in waiting:
            each.result()
    return {way: max(0.0, moment - done) for way, moment in ended.items()}


def _refused(client: httpx.Client, path: str) -> None:
    while client.get(path).status_code != httpx.codes.UNAUTHORIZED:
        time.sleep(ASK_AGAIN_SECONDS)


def _data_api(person: Person, stack: ExitStack) -> Wait:
    return partial(_refused, stack.enter_context(person.client(person.data_api)), "/me")


def _analytics_api(person: Person, stack: ExitStack) -> Wait:
    return partial(_refused, stack.enter_context(person.client(person.analytics)), "/analyses")


def _stream(person: Person, stack: ExitStack) -> Wait:
    client = stack.enter_context(person.client(person.data_api))
    answer = stack.enter_context(client.stream("GET", "/events"))
    return lambda: list(answer.iter_raw())


def _tab(person: Person, stack: ExitStack) -> Wait:
    address = urlsplit(person.ui)
    cookie = f"{cookie_name(address.netloc)}={person.token}"
    url = f"ws://{address.netloc}/live"
    socket = connect(url, origin=Origin(person.ui), additional_headers={"Cookie": cookie}, proxy=None)
    stack.enter_context(socket)
    while "unread" not in str(socket.recv()):  # then the tab follows all changes
        pass

    def wait() -> None:
        with suppress(ConnectionClosed):
            for _ in socket:
                pass

    return wait


def _statement(person: Person, stack: ExitStack) -> Wait:
    client, name = stack.enter_context(person.client(person.analytics)), uuid4().hex
    asking = stack.enter_context(ThreadPoolExecutor(1))
    answer = asking.submit(client.post, "/sql", json={"sql": ENDLESS, "id": name})
    while client.get(f"/sql/{name}").json().get("state") != "running":
        time.sleep(ASK_AGAIN_SECONDS)
    return answer.result


WAYS: dict[str, Callable[[Person, ExitStack], Wait]] = {
    "the data API refuses": _data_api,
    "the analytics API refuses": _analytics_api,
    "the live stream has ended": _stream,
    "the tab's connection has ended": _tab,
    "the running statement has ended": _statement,
}
