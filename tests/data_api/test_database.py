"""The engine: how URLs are read, and what an error may tell."""

import asyncio

import httpx
import pytest
from sqlalchemy import QueuePool, text
from sqlalchemy.exc import ProgrammingError

from data_api.kit.database import CONNECTIONS, MOST_REQUESTS_AT_ONCE, Database, driver_url, make_engine
from service_kit.database_url import libpq_url
from tests.support.api import Visitor


@pytest.mark.parametrize("given", ["postgresql://u:p%40x@h:1/d", "postgresql+psycopg://u:p%40x@h:1/d"])
def test_either_spelling_of_a_url_is_taken(given: str) -> None:
    assert driver_url(given) == "postgresql+psycopg://u:p%40x@h:1/d"
    assert libpq_url(given) == "postgresql://u:p%40x@h:1/d"


def test_a_failing_statement_does_not_tell_what_people_wrote(module_database_url: str) -> None:
    """Its text goes to the log."""
    engine = make_engine(module_database_url)
    with engine.connect() as connection, pytest.raises(ProgrammingError) as failure:
        connection.execute(text("INSERT INTO no_such_table VALUES (:words)"), {"words": "My secret words"})
    assert "secret" not in str(failure.value)
    engine.dispose()


def test_more_at_once_than_there_are_connections_are_all_answered(student: Visitor) -> None:
    """Neither threads nor connections run out on those who hold the other."""

    async def ask_all() -> list[int]:
        headers, limits = {"Authorization": f"Bearer {student.token}"}, httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=student.base_url, headers=headers, limits=limits, timeout=60) as many:
            answers = await asyncio.gather(*(many.get("/me") for _ in range(200)))
        return [answer.status_code for answer in answers]

    assert asyncio.run(ask_all()) == [200] * 200


def test_no_question_takes_longer_than_anybody_waits(module_database_url: str) -> None:
    engine = make_engine(module_database_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "10s"
        assert connection.scalar(text("SHOW lock_timeout")) == "3s"
    engine.dispose()


@pytest.mark.parametrize("processes", range(1, 9))
def test_workers_share_the_servers_connections_and_each_has_enough_for_its_requests(processes: int) -> None:
    database = Database("postgresql:///nowhere", processes=processes)
    for engine in (database.engine, database.counting):
        pool = engine.pool
        assert isinstance(pool, QueuePool)
        most = pool.size() + pool._max_overflow
        assert MOST_REQUESTS_AT_ONCE // processes <= most
        assert most * processes <= CONNECTIONS
