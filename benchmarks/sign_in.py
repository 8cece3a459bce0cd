"""The sign-in's part: what a wrong password tells, whom it lets in, what many of them cost others; and how soon
somebody who is deactivated is out."""

import random
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from statistics import median

import httpx
import psycopg

from benchmarks.access_ends import measure_access_ends
from benchmarks.figures import Figure
from benchmarks.http_load import Load, Operation, Server, run
from benchmarks.measure import Limits, Row, Samples
from benchmarks.services import running_data_api
from benchmarks.told import tell
from contracts.base import name_key
from data_api.credentials.passwords import hash_at_once
from lodge.seeding import seed
from service_kit.database_url import libpq_url

TICKETS, TRIES, CLIENTS, LEAVERS = 2_000, 1_000, 8, 20
# Of the wrong passwords for one name, so many are checked at once; then the next one has to wait.
FREE_TRIES = 5
OTHERS = Load(clients=2, each=100_000, seconds=8.0)
OWNER, ADMIN, PASSWORD = "benchmark owner", "benchmark admin", "eleven brave herons"
# Another address of this machine.
ELSEWHERE = "127.0.0.2"
ADD_PEOPLE = "INSERT INTO person (name, roles) SELECT unnest(%s::text[]), ARRAY[%s] RETURNING id"
ADD_CREDENTIALS = (
    "INSERT INTO credential (person_id, username, username_key, password_hash) "
    "SELECT unnest(%s::bigint[]), unnest(%s::text[]), unnest(%s::text[]), %s"
)
MOST_WAIT = 900


def measure_sign_in(database_url: str, logs: Path, workers: int) -> tuple[list[Figure], list[Row]]:
    seed(database_url, TICKETS, 1)
    known = [f"known {number}" for number in range(TRIES // 2)]
    leavers = [f"leaver {number}" for number in range(LEAVERS)]
    for role, names in {"agent": [OWNER, *known], "analyst": leavers, "admin": [ADMIN]}.items():
        _add(database_url, role, names)
    with running_data_api(database_url, logs, workers=workers, sign_in="password") as url:
        times, told = _known_and_unknown(url, known)
        people = {one["person"]["id"]: one["token"] for one in (_sign_in(url, name).json() for name in leavers)}
        ends = measure_access_ends(database_url, url, logs, _sign_in(url, ADMIN).json()["token"], people)
    figures, rows = [*told], [times, *ends]
    for name, names in (("one name", [OWNER] * TRIES), (f"{TRIES:,} names", [f"known {n}" for n in range(TRIES)])):
        # A desk for each: what was guessed first would make the others wait.
        with running_data_api(database_url, logs, workers=workers, sign_in="password", rate_limits=True) as url:
            found, row = _while_somebody_guesses(url, name, names)
        figures, rows = figures + found, [*rows, row]
    return figures, rows


def _add(database_url: str, role: str, names: list[str]) -> None:
    with psycopg.connect(libpq_url(database_url)) as connection:
        ids = [number for (number,) in connection.execute(ADD_PEOPLE, [names, role])]
        connection.execute(ADD_CREDENTIALS, [ids, names, [name_key(name) for name in names], hash_at_once(PASSWORD)])


def _sign_in(url: str, name: str, address: str | None = None) -> httpx.Response:
    """Sends the right password, from this address of this machine."""
    wish = {"username": name, "password": PASSWORD}
    with httpx.Client(transport=httpx.HTTPTransport(local_address=address), trust_env=False, timeout=60) as client:
        return client.post(f"{url}/sessions", json=wish)


def _known_and_unknown(url: str, known: list[str]) -> tuple[Row, list[Figure]]:
    """Measures the unknown names as small, the known ones as large."""
    tell(f"sign-in: {TRIES:,} wrong passwords, half of them for names that exist")
    names = [*known, *(f"unknown {number}" for number in range(TRIES // 2))]
    random.Random(44).shuffle(names)
    row = Row("wrong password: name unknown, name known", Limits(), small=Samples())
    assert row.small is not None
    answers = set()
    with httpx.Client(base_url=url, trust_env=False) as client:
        for name in names:
            began = time.perf_counter()
            answer = client.post("/sessions", json={"username": name, "password": "a wrong guess"})
            samples = row.large if name.startswith("known") else row.small
            samples.add([time.perf_counter() - began])
            answers.add((answer.status_code, answer.json()["error"], answer.json()["detail"]))
    ratio = median(row.large.milliseconds) / median(row.small.milliseconds)
    return row, [
        Figure("sign-in: different answers to wrong passwords", TRIES, len(answers), len(answers), len(answers), 1, 1),
        Figure("sign-in: median of known names, as a multiple of unknown", TRIES, ratio, ratio, ratio, 0.95, 1.05),
    ]


def _while_somebody_guesses(url: str, name: str, names: list[str]) -> tuple[list[Figure], Row]:
    """Measures the list alone as small, and while somebody guesses as large."""
    token = _sign_in(url, OWNER).json()["token"]
    operations: Iterator[Operation] = cycle([[Server(url, token).request("GET", "/tickets?limit=50")]])
    run(Load(clients=2, each=200, seconds=3.0), url, operations)
    row = Row(f"ticket list, while wrong passwords come for {name}", Limits({95: 1_000}, ratio=2), small=Samples())
    assert row.small is not None
    row.small.add(run(OTHERS, url, operations))
    tell(f"sign-in: {TRIES:,} wrong passwords from one address for {name}, while others read")
    with ProcessPoolExecutor(1) as guesser:
        guessed = guesser.submit(guess, url, names, OTHERS.seconds)
        row.large.add(run(OTHERS, url, operations))
        statuses = guessed.result()
    wait = float(_sign_in(url, OWNER).headers.get("Retry-After", 0))
    elsewhere = int(_sign_in(url, OWNER, ELSEWHERE).status_code == httpx.codes.CREATED)
    inside, checked = statuses.count(201), statuses.count(401)
    return [
        Figure(f"sign-in: entries by guessing, {name}", TRIES, inside, inside, inside, at_most=0),
        # Without any, the other figures would say nothing.
        Figure(f"sign-in: guesses that were checked, {name}", TRIES, checked, checked, checked, at_least=FREE_TRIES),
        Figure(
            f"sign-in: seconds that the owner waits at that address, {name}", 1, wait, wait, wait, at_most=MOST_WAIT
        ),
        Figure(f"sign-in: the owner comes in elsewhere, {name}", 1, elsewhere, elsewhere, elsewhere, at_least=1),
    ], row


def guess(url: str, names: list[str], seconds: float) -> list[int]:
    """Tries a wrong password for each name, spread over so many seconds and eight at most at a time, and returns the
    statuses. Runs in another process, because its work would slow down the measuring."""
    limits = httpx.Limits(max_connections=CLIENTS)
    with httpx.Client(base_url=url, trust_env=False, limits=limits, timeout=60) as client:
        began = time.perf_counter()

        def one(numbered: tuple[int, str]) -> int:
            number, name = numbered
            time.sleep(max(0.0, began + seconds * number / len(names) - time.perf_counter()))
            return client.post("/sessions", json={"username": name, "password": f"guess {number:06}"}).status_code

        with ThreadPoolExecutor(CLIENTS) as together:
            return list(together.map(one, enumerate(names)))
