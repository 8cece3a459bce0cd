"""Does something while a request waits for a lock."""

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
    """Sends the request, and runs the block while the request waits for a lock that the connection `lock` holds. After
    the block the connection is committed, the request goes on, and its answer is added to the list."""
    answers: list[httpx.Response] = []
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(request)
        wait_until(lambda: is_waited_for(api, lock), "a request that waits")
        yield answers
        lock.commit()
        answers.append(answer.result())


def is_waited_for(api: Api, lock: psycopg.Connection) -> bool:
    """Returns whether somebody waits for a lock of this connection, not for another one, as background work may."""
    return bool(api.sql(WAITING, lock.info.backend_pid))
