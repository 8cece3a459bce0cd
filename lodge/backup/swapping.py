"""Makes a new database beside the desk's own, and renames both so that the new one takes its place."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote

import psycopg
from psycopg import Connection

from lodge.backup.repository import ServerRepository, current_database, kept_name, restoring_name
from lodge.bulk import database_failure
from lodge.errors import LodgeError
from service_kit.database_url import libpq_url

SERVER_DATABASE = "postgres"
END_EVERY_SECONDS = 0.05
AS_IT_WAS = "The desk is as it was."
_URL = re.compile(r"(?P<server>\w+://([^@/]*@)?[^/?]*)(/[^?]*)?(\?(?P<query>.*))?", re.DOTALL)


@dataclass(frozen=True)
class Beside:
    """The server's databases during a restore. `name` is the desk's database, `new` the name of the new one, and `kept`
    the databases that earlier restores put aside, newest first."""

    server_url: str
    name: str
    new: str
    server: ServerRepository
    kept: list[str]

    def create(self) -> str:
        """Makes the new database and returns its URL."""
        self.server.create(self.new)
        return self.url_of(self.new)

    def swap(self, new: str | None = None) -> str:
        """Puts the database `new`, by default the one that `create` made, in the place of the desk's database. Returns
        the name under which the desk's former database is kept.

        Clients of the old database are disconnected, and reach the new one when they connect again.
        """
        kept = kept_name(self.name, datetime.now(UTC))
        new = new or self.new
        with _connections_ended(self.server_url, self.name, new):
            self.server.swap(self.name, new, kept)
        return kept

    def url_of(self, name: str) -> str:
        """Returns the URL of a database of this server, after connecting to check it.

        Raises LodgeError when the URL leads to another database: statements for the new one must not reach the desk's.
        """
        url = on_database(self.server_url, name)
        if (found := database_name(url)) != name:
            raise LodgeError(f"LODGE_DATABASE_URL, made to lead to the database {name}, leads to {found}. {AS_IT_WAS}")
        return url


@contextmanager
def database_beside(database_url: str) -> Iterator[Beside]:
    """Prepares a restore, without making the new database. When the block ends or fails, the new database is dropped if
    it did not take the desk's place.

    Raises LodgeError when the role may not do this, another restore is at work, or the connection is lost.
    """
    server_url = on_database(database_url, SERVER_DATABASE)
    try:
        name = database_name(database_url)
        with _server(server_url) as connection:
            server = ServerRepository(connection)
            _check(server, name)
            new = restoring_name(name)
            server.drop(new)  # what a killed restore left
            try:
                yield Beside(server_url, name, new, server, server.kept(name))
            finally:
                server.drop(new)
    except psycopg.errors.ObjectInUse as error:
        raise LodgeError(
            f"Other programs, of another role, are connected to the database and do not let go of it. {AS_IT_WAS}"
        ) from error
    except psycopg.Error as error:
        raise database_failure(database_url, error, AS_IT_WAS) from error


def on_database(database_url: str, name: str) -> str:
    """Returns the URL of another database of the same server.

    A `dbname` parameter is removed, because it would take precedence over the path.
    """
    parts = _URL.fullmatch(libpq_url(database_url))
    assert parts is not None  # this URL was used for a connection before
    parameters = (parts["query"] or "").split("&")
    kept = "&".join(one for one in parameters if unquote(one.partition("=")[0]) != "dbname")
    return f"{parts['server']}/{quote(name, safe='')}" + (f"?{kept}" if kept else "")


def database_name(database_url: str) -> str:
    """Returns the name of the database that this URL leads to, as the server reports it."""
    with psycopg.connect(libpq_url(database_url), connect_timeout=10) as connection:
        return current_database(connection)


def _server(server_url: str) -> Connection:
    return psycopg.connect(server_url, connect_timeout=10, autocommit=True)


def _check(server: ServerRepository, name: str) -> None:
    if not server.is_alone(name):
        raise LodgeError("Another `lodge restore` of this desk is at work. Try again when it has finished.")
    if not server.may_swap(name):
        raise LodgeError(
            "A restore makes a new database beside the old one and swaps their names. The role of LODGE_DATABASE_URL "
            f"may not do that: let an administrator run ALTER ROLE … CREATEDB and ALTER DATABASE {name} OWNER TO …, "
            f"or give LODGE_DATABASE_URL the name of a new, empty database. {AS_IT_WAS}"
        )


@contextmanager
def _connections_ended(server_url: str, *names: str) -> Iterator[None]:
    """Ends the connections to these databases repeatedly while the block runs.

    A rename locks out new connections and then waits until the existing ones have ended.
    """
    done = threading.Event()

    def end() -> None:
        with _server(server_url) as connection:
            while not done.is_set():
                ServerRepository(connection).end_connections(*names)
                done.wait(END_EVERY_SECONDS)

    ending = threading.Thread(target=end, name="ending connections", daemon=True)
    ending.start()
    try:
        yield
    finally:
        done.set()
        ending.join()
