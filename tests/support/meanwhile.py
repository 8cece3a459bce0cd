"""Doing something while a request waits."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import LiteralString

import httpx
import psycopg

from tests.lodge.waiting import wait_until
from tests.support.api import Api

WAITING: LiteralString = "SELECT 1 FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid))"
Request = Callable[[], httpx.Response]


@contextmanager
def held_up(api: Api, request: Request, lock: psycopg.Connection) -> Iterator[list[httpx.Response]]:
    """The request waits for the lock that is held; what the block does with that connection is committed, and then
    the request goes on. Its answer is in the list afterwards."""
    answers: list[httpx.Response] = []
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(request)
        wait_until(lambda: is_waited_for(api, lock), "a request that waits")
        yield answers
        lock.commit()
        answers.append(answer.result())


def is_waited_for(api: Api, lock: psycopg.Connection) -> bool:
    """Whether somebody waits for what this connection holds. (The service's own work may wait for something else.)"""
    return bool(api.sql(WAITING, lock.info.backend_pid))
