"""The engine, and the one transaction a request has."""

from collections.abc import AsyncIterator
from functools import cache
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.orm import Session

from data_api.moments import read_all_moments
from service_kit.settings import get_settings

# Plans are made for their values: the queue's filters differ a thousandfold in how much they match. Joins are written
# in the order that is meant: trying the others took three times as long as the query. No query here is worth more than
# one process.
OPTIONS = (
    "-c plan_cache_mode=force_custom_plan -c join_collapse_limit=1 -c max_parallel_workers_per_gather=0 -c timezone=UTC"
    # Nobody waits longer for an answer, and what nobody waits for should not keep others waiting.
    " -c statement_timeout=10000"
    # Whoever changes a ticket holds it for milliseconds. Who waits longer keeps others from the database.
    " -c lock_timeout=3000"
)
COUNT_MILLISECONDS = 50
# So many requests use the database at once; the others wait their turn without a thread. Were there more than
# connections, those who wait for a connection could take all the threads that those who hold one need to finish.
AT_ONCE = 32


def driver_url(database_url: str) -> str:
    """The URL with psycopg 3 as its driver, whatever the short form said."""
    return make_url(database_url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def make_engine(database_url: str, options: str = "", **arguments: Any) -> Engine:
    engine = create_engine(
        driver_url(database_url),
        pool_size=20,
        max_overflow=20,
        pool_timeout=10,
        hide_parameters=True,  # a failing statement's values are people's words: not for a log
        connect_args={"options": f"{OPTIONS} {options}", "connect_timeout": 5},
        **arguments,
    )
    read_all_moments(engine)
    return engine


def get_database_url() -> str:
    url = get_settings().database_url
    if url is None:
        raise RuntimeError("LODGE_DATABASE_URL is not set; `lodge up` sets it for the services it starts")
    return url


@cache
def get_engine() -> Engine:
    """Made on first use, so that importing the application needs no database."""
    return make_engine(get_database_url())


@cache
def _reading_engine() -> Engine:
    """The same connections without a transaction around each question: two round trips less."""
    return get_engine().execution_options(isolation_level="AUTOCOMMIT")


def make_counting_engine(database_url: str) -> Engine:
    return make_engine(database_url, f"-c statement_timeout={COUNT_MILLISECONDS}", isolation_level="AUTOCOMMIT")


@cache
def _counting_engine() -> Engine:
    return make_counting_engine(get_database_url())


def forget_connections() -> None:
    """The next questions connect anew: what waits in the pools has died with another connection. Those that are in use
    find out themselves."""
    get_engine().dispose()
    _counting_engine().dispose()


def autocommit_connection() -> Connection:
    """For work that belongs to no request: each statement is a transaction of its own."""
    return _reading_engine().connect()


def counting_connection() -> Connection:
    """A connection whose questions end after a time, for counts that may be cut short."""
    return _counting_engine().connect()


async def _open_session(request: Request) -> AsyncIterator[Session]:
    if request.method == "GET":
        # Outside of a transaction the end of a session talks to nobody: no thread is needed for it.
        with Session(_reading_engine(), expire_on_commit=False) as session:
            yield session
        return
    # Flushed where a question needs it, so that several changes of a row are one UPDATE.
    session = Session(get_engine(), autoflush=False, expire_on_commit=False)
    try:
        yield session
    except BaseException:
        await run_in_threadpool(session.close)
        raise
    await run_in_threadpool(_finish, session)


def _finish(session: Session) -> None:
    with session:
        session.commit()


# Function scope: the commit happens before the answer is sent, so that a 2xx means committed.
SessionDep = Annotated[Session, Depends(_open_session, scope="function", max_concurrency=AT_ONCE)]
