"""Database connections for loading many rows, without the ORM."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from lodge.errors import LodgeError
from service_kit.database_url import libpq_url, shown_address


@contextmanager
def bulk_transaction(database_url: str) -> Iterator[psycopg.Connection]:
    """Runs the block in one transaction: commits at its end, rolls back when anything fails.

    Raises LodgeError when the connection is lost or the server cannot go on.
    """
    is_ending = False
    try:
        with psycopg.connect(libpq_url(database_url), connect_timeout=10) as connection:
            yield connection
            is_ending = True
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        outcome = (
            "It may have written all or nothing: look before you try again." if is_ending else "Nothing was written."
        )
        raise database_failure(database_url, error, outcome) from error


@contextmanager
def outside_transactions(
    database_url: str, outcome: str = "All was written; only what tidies up after it was left undone."
) -> Iterator[psycopg.Connection]:
    """Gives an autocommit connection. Raises LodgeError as `bulk_transaction` does; `outcome` is its last sentence."""
    try:
        with psycopg.connect(libpq_url(database_url), connect_timeout=10, autocommit=True) as connection:
            yield connection
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise database_failure(database_url, error, outcome) from error


def database_failure(database_url: str, error: Exception, outcome: str) -> LodgeError:
    reason = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
    return LodgeError(f"The database at {shown_address(database_url)} stopped the work: {reason}. {outcome}")
