"""One organisation's connections to its database, and the one transaction a request has."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.orm import Session

from data_api.kit.moments import read_all_moments

# Plans are made for their values: the queue's filters differ a thousandfold in how much they match. Joins are written
# in the order that is meant: trying the others took three times as long as the query. No query here is worth more than
# one process.
OPTIONS = (
    "-c plan_cache_mode=force_custom_plan -c join_collapse_limit=1 -c max_parallel_workers_per_gather=0 -c timezone=UTC"
)
# So many requests use the database at once; the others wait their turn without a thread. Were there more than
# connections, those who wait for a connection could take all the threads that those who hold one need to finish.
# Of one process, whatever organisations it serves: its threads are shared by all of them. And of one organisation,
# whatever processes serve it: its server's connections are shared by all of those.
MOST_REQUESTS_AT_ONCE = 32
# Of the server's hundred, so many for requests and what is done in the background, and as many for counts.
CONNECTIONS = 40


@dataclass(frozen=True)
class TimeLimits:
    """How long a statement may take. The defaults are the product's; a test on a busy machine has more patience."""

    # Nobody waits longer for an answer, and what nobody waits for should not keep others waiting.
    statement_milliseconds: int = 10_000
    # Whoever changes a ticket holds it for milliseconds. Who waits longer keeps others from the database.
    lock_milliseconds: int = 3_000
    count_milliseconds: int = 50

    @property
    def options(self) -> str:
        return f"-c statement_timeout={self.statement_milliseconds} -c lock_timeout={self.lock_milliseconds}"


PRODUCT_LIMITS = TimeLimits()


def driver_url(database_url: str) -> str:
    """The URL with psycopg 3 as its driver, whatever the short form said."""
    return make_url(database_url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def make_engine(
    database_url: str,
    options: str = "",
    *,
    limits: TimeLimits = PRODUCT_LIMITS,
    connections: int = CONNECTIONS,
    **arguments: Any,
) -> Engine:
    """Connects on first use; half of the connections are kept. `options` overrule the limits."""
    engine = create_engine(
        driver_url(database_url),
        pool_size=connections // 2,
        max_overflow=connections - connections // 2,
        pool_timeout=10,
        hide_parameters=True,  # a failing statement's values are people's words: not for a log
        connect_args={"options": f"{OPTIONS} {limits.options} {options}", "connect_timeout": 5},
        **arguments,
    )
    read_all_moments(engine)
    return engine


def make_counting_engine(
    database_url: str, limits: TimeLimits = PRODUCT_LIMITS, connections: int = CONNECTIONS
) -> Engine:
    """Its questions end after a short time, for counts that may be cut short."""
    counting = f"-c statement_timeout={limits.count_milliseconds}"
    return make_engine(database_url, counting, limits=limits, connections=connections, isolation_level="AUTOCOMMIT")


class Database:
    """One organisation's, in one of the `processes` that serve it. Connects on first use."""

    def __init__(self, url: str, limits: TimeLimits = PRODUCT_LIMITS, *, processes: int = 1) -> None:
        self.url = url
        self.at_once = asyncio.Semaphore(MOST_REQUESTS_AT_ONCE // processes)
        self.engine = make_engine(url, limits=limits, connections=CONNECTIONS // processes)
        # The same connections without a transaction around each question: two round trips less.
        self.autocommit = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self.counting = make_counting_engine(url, limits, CONNECTIONS // processes)

    def forget_connections(self) -> None:
        """The next questions connect anew: what waits in the pools has died with another connection. Those that are in
        use find out themselves."""
        self.engine.dispose()
        self.counting.dispose()


async def _open_session(request: Request) -> AsyncIterator[Session]:
    database: Database = request.app.state.organisation.database
    async with database.at_once:
        if request.method == "GET":
            # Outside of a transaction the end of a session talks to nobody: no thread is needed for it.
            with Session(database.autocommit, expire_on_commit=False) as session:
                yield session
            return
        # Flushed where a question needs it, so that several changes of a row are one UPDATE.
        session = Session(database.engine, autoflush=False, expire_on_commit=False)
        try:
            yield session
        except BaseException:
            await run_in_threadpool(session.close)
            raise
        await run_in_threadpool(_finish, session)


def _finish(session: Session) -> None:
    with session:
        session.commit()


async def _database(request: Request) -> Database:
    database: Database = request.app.state.organisation.database
    return database


DatabaseDep = Annotated[Database, Depends(_database)]
# Function scope: the commit happens before the answer is sent, so that a 2xx means committed.
SessionDep = Annotated[Session, Depends(_open_session, scope="function", max_concurrency=MOST_REQUESTS_AT_ONCE)]
