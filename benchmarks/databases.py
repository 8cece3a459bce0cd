"""The databases of the small and the large desk. Their server is kept between runs, so that they are seeded once."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from benchmarks.desk import REPORTER
from benchmarks.told import tell
from data_api.migrate import upgrade
from lodge.postgres import running_postgres
from lodge.seeding import seed

SMALL_TICKETS, LARGE_TICKETS = 10_000, 1_000_000


class Databases(NamedTuple):
    """The databases' URLs."""

    small: str
    large: str


@contextmanager
def kept_databases(home: Path) -> Iterator[Databases]:
    """Starts the databases' server for this block. Missing databases are made and seeded, which takes minutes."""
    with running_postgres(home, "bench") as url:
        yield Databases(_filled(url, "small", SMALL_TICKETS), _filled(url, "large", LARGE_TICKETS))


@contextmanager
def open_kept(home: Path, name: str, tickets: int) -> Iterator[str]:
    """Gives the URL of a database with so many tickets, which is kept between runs too."""
    with running_postgres(home, "bench") as url:
        yield _filled(url, name, tickets)


@contextmanager
def empty_database(home: Path, server_url: str | None, name: str) -> Iterator[str]:
    """Gives the URL of a migrated database without tickets, which is dropped after the block.

    It is made on the server of `server_url`, or else on the server of this `home`.
    """
    with ExitStack() as stack:
        url = server_url or stack.enter_context(running_postgres(home, "bench"))
        _drop(url, name)
        _create(url, name)
        mine = make_url(url).set(database=name).render_as_string(hide_password=False)
        upgrade(mine)
        yield mine
        _drop(url, name)


def _drop(server_url: str, name: str) -> None:
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _filled(server_url: str, name: str, tickets: int) -> str:
    url = make_url(server_url).set(database=name).render_as_string(hide_password=False)
    _create(server_url, name)
    upgrade(url)
    if _is_empty(url):
        tell(f"seeding {tickets:,} tickets into {name}")
        seed(url, tickets)
        _settle(url)
    return url


def _create(server_url: str, name: str) -> None:
    with psycopg.connect(server_url, autocommit=True) as connection:
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def _is_empty(url: str) -> bool:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT FROM ticket LIMIT 1").fetchone() is None


def _settle(url: str) -> None:
    """Does what autovacuum and the checkpointer would otherwise do after the load, during the measurement."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def forget_reports(url: str) -> None:
    """Deletes the tickets that a run has added, so that the next run finds the same desk."""
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM ticket USING person WHERE person.id = requester_id AND name = %s", [REPORTER])
