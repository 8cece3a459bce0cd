"""A plain connection for loading much at once, in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import make_url


@contextmanager
def bulk_transaction(database_url: str) -> Iterator[psycopg.Connection]:
    """All of it or nothing: commits at the end, rolls back when anything fails."""
    url = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, connect_timeout=10) as connection:
        yield connection
