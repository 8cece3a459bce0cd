"""A database for each test that needs one, copied from a migrated template in a fraction of a second."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url

from data_api.migrate import upgrade

TEMPLATE = "lodge_template"
_numbers = count(1)


def on_server(server_url: str, database: str) -> str:
    """The URL of another database of the same server."""
    return make_url(server_url).set(database=database).render_as_string(hide_password=False)


def make_template(server_url: str) -> str:
    """The name of an empty desk's database, migrated once."""
    create_database(server_url, TEMPLATE)
    upgrade(on_server(server_url, TEMPLATE))
    return TEMPLATE


def create_database(server_url: str, name: str, template: str = "template1") -> None:
    statement = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(statement.format(Identifier(name), Identifier(template)))


@contextmanager
def cloned_database(server_url: str, template: str) -> Iterator[str]:
    """The URL of a copy of the template that nobody else uses; dropped at the end, whoever is still connected."""
    name = f"lodge_test_{next(_numbers)}"
    create_database(server_url, name, template)
    yield on_server(server_url, name)
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
