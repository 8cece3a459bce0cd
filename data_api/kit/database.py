"""One organisation's database connections, and the single transaction of each request."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Engine, Executable, create_engine, event, make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from data_api.kit.moments import read_all_moments

# Joins are written in the order that is meant (`join_collapse_limit`): planning other orders took three times as long
# as the query. No query here is worth a parallel worker.
OPTIONS = "-c join_collapse_limit=1 -c max_parallel_workers_per_gather=0 -c timezone=UTC"
# The option of statements for which the same plan is right whatever their values are. All others are planned for their
# values, because the queue's filters differ a thousandfold in how many rows they match.
PLANNED_ONCE = "planned_once"
Planned = TypeVar("Planned", bound=Executable)
# At most this many requests use the database at once; the others wait without occupying a thread. If there were more of
# them than connections, those that wait for a connection could occupy all the threads that those with a connection need
# to finish. The limit holds for each process, because all organisations that it serves share its threads
# (`SessionDep`), and for each organisation, because all processes that serve it share its server's connections
# (`Database.at_once`).
MOST_REQUESTS_AT_ONCE = 32
# Of the server's hundred connections, this many are for requests and background work, and as many again for counts.
CONNECTIONS = 40


@dataclass(frozen=True)
class TimeLimits:
    """How long a statement may take. The defaults are those of the product; tests on a busy machine allow more."""

    # Nobody waits longer than this for an answer, and a statement that nobody waits for must not delay others.
    statement_milliseconds: int = 10_000
    # A ticket is locked for milliseconds. A request that waits longer for a lock keeps others from the database.
    lock_milliseconds: int = 3_000
    count_milliseconds: int = 50
    search_milliseconds: int = 400

    @property
    def options(self) -> str:
        return f"-c statement_timeout={self.statement_milliseconds} -c lock_timeout={self.lock_milliseconds}"


PRODUCT_LIMITS = TimeLimits()


def driver_url(database_url: str) -> str:
    """Returns the URL with psycopg 3 as its driver, whatever driver it names."""
    return make_url(database_url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def make_engine(
    database_url: str,
    options: str = "",
    *,
    limits: TimeLimits = PRODUCT_LIMITS,
    connections: int = CONNECTIONS,
    **arguments: Any,
) -> Engine:
    """Returns an engine that connects on first use and keeps half of its connections open. `options` override the
    limits."""
    engine = create_engine(
        driver_url(database_url),
        pool_size=connections // 2,
        max_overflow=connections - connections // 2,
        pool_timeout=10,
        hide_parameters=True,  # a failing statement's values are what people wrote: not for a log
        connect_args={"options": f"{OPTIONS} {limits.options} {options}", "connect_timeout": 5},
        **arguments,
    )
    read_all_moments(engine)
    event.listen(engine, "do_execute", _execute)
    return engine


def _execute(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
    """Executes a statement in place of the dialect. Postgres keeps the plan of a prepared statement once it has seen
    that plans for single values are no better; it never keeps that of a statement that is not prepared."""
    is_planned_once = context is not None and bool(context.execution_options.get(PLANNED_ONCE))
    cursor.execute(statement, parameters, prepare=is_planned_once)
    return True


def planned_once(statement: Planned) -> Planned:
    """Returns the statement with the option. For statements that find rows by their keys."""
    planned: Planned = statement.execution_options(**{PLANNED_ONCE: True})
    return planned


def make_counting_engine(
    database_url: str, limits: TimeLimits = PRODUCT_LIMITS, connections: int = CONNECTIONS
) -> Engine:
    """Returns an engine whose statements are cancelled after a short time, for counts that need not be complete."""
    counting = f"-c statement_timeout={limits.count_milliseconds}"
    return make_engine(database_url, counting, limits=limits, connections=connections, isolation_level="AUTOCOMMIT")


class Database:
    """One process's access to an organisation's database. `processes` is the number of those that share the database.
    Connects on first use."""

    def __init__(self, url: str, limits: TimeLimits = PRODUCT_LIMITS, *, processes: int = 1) -> None:
        self.url = url
        self.most_at_once = MOST_REQUESTS_AT_ONCE // processes
        self.at_once = asyncio.Semaphore(self.most_at_once)
        self.connections = CONNECTIONS // processes
        self.engine = make_engine(url, limits=limits, connections=self.connections)
        # The same connections without a transaction around each query, which saves two round trips.
        self.autocommit = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self.counting = make_counting_engine(url, limits, self.connections)
        # With a transaction, in which a search can set its own limit. Of the connections for counts, because a request
        # that searches has one of the others already.
        self.searching = self.counting.execution_options(isolation_level="READ COMMITTED")
        self.search_milliseconds = limits.search_milliseconds

    def connections_in_use(self) -> dict[str, int]:
        """Returns how many connections work at this moment, by what they are for."""
        pools = {"requests": self.engine.pool, "counts": self.counting.pool}
        return {name: pool.checkedout() for name, pool in pools.items() if isinstance(pool, QueuePool)}

    def forget_connections(self) -> None:
        """Discards the pooled connections, so that the next queries connect anew. When the database has ended one
        connection, it has ended the idle ones too. Connections in use notice that themselves."""
        self.engine.dispose()
        self.counting.dispose()


async def _open_session(request: Request) -> AsyncIterator[Session]:
    database: Database = request.app.state.organisation.database
    async with database.at_once:
        if request.method == "GET":
            # Without a transaction, closing the session sends nothing to the database, so no thread is needed for it.
            with Session(database.autocommit, expire_on_commit=False) as session:
                yield session
            return
        # No autoflush: code flushes where a query needs it, so that several changes of a row become one UPDATE.
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


async def commit_early(session: Session) -> None:
    """Commits what a request has written so far, because work in other transactions has to find it before the request
    ends; see docs/adr/0057-many-tickets-at-once.md."""
    await run_in_threadpool(session.commit)


DatabaseDep = Annotated[Database, Depends(_database)]
# Function scope: the commit happens before the answer is sent, so that a 2xx means committed.
SessionDep = Annotated[Session, Depends(_open_session, scope="function", max_concurrency=MOST_REQUESTS_AT_ONCE)]
