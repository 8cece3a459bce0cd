"""Plain connections for loading much at once."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import make_url


@contextmanager
def bulk_transaction(database_url: str) -> Iterator[psycopg.Connection]:
    """All of it or nothing: commits at the end, rolls back when anything fails."""
    with psycopg.connect(_plain(database_url), connect_timeout=10) as connection:
        yield connection


@contextmanager
def outside_transactions(database_url: str) -> Iterator[psycopg.Connection]:
    """Each statement is its own transaction."""
    with psycopg.connect(_plain(database_url), connect_timeout=10, autocommit=True) as connection:
        yield connection


def _plain(database_url: str) -> str:
    """Without the name of the driver, which only SQLAlchemy understands."""
    return make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
