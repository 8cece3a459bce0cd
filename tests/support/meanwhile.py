"""Doing something while a request waits."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import psycopg

from tests.lodge.waiting import wait_until
from tests.support.api import Api

WAITING = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
Request = Callable[[], httpx.Response]


@contextmanager
def held_up(api: Api, request: Request, lock: psycopg.Connection) -> Iterator[list[httpx.Response]]:
    """The request waits for the lock that is held; what the block does with that connection is committed, and then
    the request goes on. Its answer is in the list afterwards."""
    answers: list[httpx.Response] = []
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(request)
        wait_until(lambda: bool(api.sql(WAITING)), "a request that waits")
        yield answers
        lock.commit()
        answers.append(answer.result())
