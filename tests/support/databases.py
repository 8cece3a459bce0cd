"""Makes databases for tests, copied from a migrated template in a fraction of a second."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import NullPool, create_engine, make_url
from sqlalchemy.orm import Session

from data_api.kit.database import driver_url
from data_api.learning.steps import learn_all
from data_api.migrate import upgrade
from data_api.similar.tables import make_tables
from lodge.backup.repository import ServerRepository
from lodge.cluster import ANALYTICS
from tests.lodge.waiting import wait_until
from warehouse.access import open_to
from warehouse.tables import Definition

TEMPLATE = "lodge_template"
_numbers = count(1)


def on_server(server_url: str, database: str) -> str:
    """Returns the URL of another database of the same server."""
    return make_url(server_url).set(database=database).render_as_string(hide_password=False)


def make_template(server_url: str) -> str:
    """Makes the database of an empty desk, migrated and trained on Lodge's own examples. Returns its name."""
    create_database(server_url, TEMPLATE)
    url = on_server(server_url, TEMPLATE)
    upgrade(url)
    engine = create_engine(driver_url(url), poolclass=NullPool)
    make_tables(engine)
    with Session(engine) as session, session.begin():
        learn_all(session)
    return TEMPLATE


def create_database(server_url: str, name: str, template: str = "template1") -> None:
    statement = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(statement.format(Identifier(name), Identifier(template)))


@contextmanager
def cloned_database(server_url: str, template: str) -> Iterator[str]:
    """Gives the URL of a new copy of the template. It is dropped at the end, even if there are connections to it."""
    name = f"lodge_test_{next(_numbers)}"
    create_database(server_url, name, template)
    yield on_server(server_url, name)
    drop_database(server_url, name)


def opened_to_analytics(database_url: str, definition: Definition) -> str:
    """Lets the analytics role read what the definition copies, and nothing else. Returns the URL for this role."""
    with psycopg.connect(database_url) as connection:
        open_to(connection, ANALYTICS, definition, is_alone=True)
        row = connection.execute("SHOW data_directory").fetchone()
    assert row is not None
    password = (Path(row[0]).parents[1] / "secrets" / "postgres-analytics-password").read_text()
    return make_url(database_url).set(username=ANALYTICS, password=password).render_as_string(hide_password=False)


def drop_database(server_url: str, name: str) -> None:
    with psycopg.connect(server_url, autocommit=True) as server:
        wait_until(lambda: _is_dropped(server, name), "nobody uses the database any more")


def _is_dropped(server: psycopg.Connection, name: str) -> bool:
    """Drops the database. Returns False when ended connections still exist, as on a busy machine."""
    try:
        ServerRepository(server).drop(name)
    except psycopg.errors.ObjectInUse:
        return False
    return True
