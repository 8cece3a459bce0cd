"""Plain connections for loading much at once."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from service_kit.database_url import libpq_url


@contextmanager
def bulk_transaction(database_url: str) -> Iterator[psycopg.Connection]:
    """All of it or nothing: commits at the end, rolls back when anything fails."""
    with psycopg.connect(libpq_url(database_url), connect_timeout=10) as connection:
        yield connection


@contextmanager
def outside_transactions(database_url: str) -> Iterator[psycopg.Connection]:
    """Each statement is its own transaction."""
    with psycopg.connect(libpq_url(database_url), connect_timeout=10, autocommit=True) as connection:
        yield connection
