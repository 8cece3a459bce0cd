"""Chooses and checks the desk's database: an external server named by LODGE_DATABASE_URL, or the embedded one."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lodge.errors import LodgeError
from lodge.postgres import running_postgres
from lodge.which_database import check_database
from service_kit.database_url import libpq_url, shown_address
from service_kit.settings import DATABASE_URL_EXAMPLE, Settings

if TYPE_CHECKING:
    from psycopg import Connection

OLDEST_VERSION = 15
SETTING = "LODGE_DATABASE_URL"

# Why a server refuses a connection, as it says it in English, and what to do then. An error of a refused connection has
# no code, and a server may say it in another language: then its own words are shown.
REFUSALS = {
    "password authentication failed": (
        "refuses the password of the user {user}. Correct {setting}; in a password write @ : / % as %40 %3A %2F %25."
    ),
    "no password supplied": "wants a password for the user {user}, and {setting} has none.",
    'role "[^"]*" does not exist': (
        "has no user {user}. Correct {setting}, or let an administrator of the server run: "
        "CREATE ROLE \"{user}\" LOGIN PASSWORD '…'"
    ),
    'database "[^"]*" does not exist': (
        "has no database {database}. Correct {setting}, or let an administrator of the server run: "
        'CREATE DATABASE "{database}" OWNER "{user}"'
    ),
    "permission denied for database": (
        "does not let the user {user} into the database {database}. Let an administrator of the server run: "
        'ALTER DATABASE "{database}" OWNER TO "{user}"'
    ),
    "pg_hba.conf": (
        "does not let the user {user} in from this machine. Let an administrator of the server allow it in pg_hba.conf."
    ),
    "too many clients|connection slots": (
        "has no connection left. Let an administrator of the server raise max_connections, or close other programs'."
    ),
    "refused|No such file": "does not answer: no server listens there. Start it, or correct {setting}.",
    "resolve host|host name|not known": "does not answer: no machine has that name. Correct {setting}.",
    "time[d ]*out|unreachable|No route": (
        "does not answer: its machine cannot be reached. Correct {setting}, or look whether the server listens on that "
        "address and whether a firewall is in between."
    ),
}
RIGHTS = """
SELECT current_user::text, current_database()::text, pg_get_userbyid(datdba)::text, pg_is_in_recovery(),
       has_database_privilege(oid, 'CREATE') AND coalesce(has_schema_privilege(current_schema(), 'CREATE'), false),
       (SELECT pg_get_userbyid(relowner)::text FROM pg_class
        WHERE oid = to_regclass('alembic_version') AND NOT pg_has_role(relowner, 'USAGE'))
FROM pg_database WHERE datname = current_database()
"""
# Whether the desk can have pg_trgm, which the migrations switch on.
TRIGRAMS = """
SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')
    OR EXISTS (SELECT FROM pg_available_extension_versions
               WHERE name = 'pg_trgm' AND (trusted OR current_setting('is_superuser')::bool)),
       EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm')
"""
# Whether the desk can have pgvector: it is there, or the desk's role may switch it on.
PGVECTOR = """
SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'vector')
    OR EXISTS (SELECT FROM pg_available_extension_versions
               WHERE name = 'vector' AND (trusted OR current_setting('is_superuser')::bool)),
       EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector')
"""


@contextmanager
def desk_database(settings: Settings, holder: str) -> Iterator[str]:
    """Gives the URL of the desk's database; `holder` is the command that asks. Raises LodgeError."""
    check_database(settings)
    if settings.database_url is None:
        with running_postgres(settings.home, holder, log_format=settings.log_format) as url:
            server_version(url)  # a desk that is just starting may have a server that does not answer yet
            yield url
    else:
        check_server(settings.database_url)
        yield settings.database_url


def check_server(url: str) -> list[str]:
    """Checks a server of the administrator's own. Returns sentences about what it lacks and the desk can do without.

    Raises LodgeError, which says what to do, when the server cannot be reached, is too old, can only be read, lacks
    pg_trgm, or does not let the desk's user make tables.
    """
    with connected(url) as connection:
        check_version(url, connection.info.server_version)
        _check_encoding(url, connection)
        _check_rights(url, connection)
        _check_trigrams(url, connection)
        return _lacks(connection)


def _check_encoding(url: str, connection: "Connection") -> None:
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise LodgeError(
            f"The database at {shown_address(url)} is encoded in {encoding}; Lodge needs UTF8. Make it anew, with "
            "ENCODING 'UTF8' TEMPLATE template0."
        )


def check_version(url: str, number: int) -> None:
    if number < OLDEST_VERSION * 10_000:
        raise LodgeError(
            f"The server at {shown_address(url)} is PostgreSQL {shown_version(number)}; Lodge needs "
            f"{OLDEST_VERSION} or newer. Unset {SETTING} to use the one that Lodge brings."
        )


def _check_rights(url: str, connection: "Connection") -> None:
    row = connection.execute(RIGHTS).fetchone()
    assert row is not None
    user, database, owner, is_standby, may_make_tables, table_owner = row
    place = f"the database {database} at {shown_address(url)}"
    if is_standby:
        raise LodgeError(f"The server at {shown_address(url)} is a standby, which can only be read. Name the primary.")
    if not may_make_tables:
        raise LodgeError(
            f"The user {user} may not make tables in {place}, which belongs to {owner}. Let an administrator of the "
            f'server run: ALTER DATABASE "{database}" OWNER TO "{user}"'
        )
    if table_owner is not None:
        raise LodgeError(
            f"The tables in {place} belong to {table_owner}, and {user} may not change them. Name {table_owner} in "
            f"{SETTING}, or let an administrator of the server give all tables to {user} (ALTER TABLE … OWNER TO)."
        )


def _check_trigrams(url: str, connection: "Connection") -> None:
    has_trigrams, is_available = connection.execute(TRIGRAMS).fetchone() or (False, False)
    if has_trigrams:
        return
    what = (
        "a superuser has to run CREATE EXTENSION pg_trgm in this database"
        if is_available
        else "install PostgreSQL's contrib modules on the server"
    )
    raise LodgeError(f"The server at {shown_address(url)} lacks pg_trgm, which the search needs: {what}.")


def _lacks(connection: "Connection") -> list[str]:
    has_pgvector, is_available = connection.execute(PGVECTOR).fetchone() or (False, False)
    if has_pgvector:
        return []
    why = (
        "a superuser has to run CREATE EXTENSION vector in this database"
        if is_available
        else "this server has no pgvector"
    )
    return [f"Similar reports are not looked for: {why}. See docs/categories.md; all else works without it."]


def server_version(url: str) -> int:
    """Returns Postgres's version number: 180006 is 18.6. Raises LodgeError when the server does not answer."""
    with connected(url, "") as connection:
        return connection.info.server_version


@contextmanager
def connected(url: str, setting: str = SETTING) -> Iterator["Connection"]:
    """Gives a connection. Raises LodgeError when there is none, with what to do if `setting` names the setting that
    holds the URL."""
    import psycopg  # imported here because not every command needs it, and importing takes 0.4 s

    try:
        connection = psycopg.connect(libpq_url(url), connect_timeout=5)
    except psycopg.ProgrammingError:  # its message may contain a part of the password
        raise LodgeError(f"{setting or SETTING} cannot be read; it should be such as {DATABASE_URL_EXAMPLE}.") from None
    except psycopg.OperationalError as error:
        raise LodgeError(f"The database at {shown_address(url)} {_why_refused(url, setting, str(error))}") from error
    with connection:
        yield connection


def _why_refused(url: str, setting: str, message: str) -> str:
    from psycopg.conninfo import conninfo_to_dict

    named = conninfo_to_dict(libpq_url(url))
    user = str(named.get("user", ""))
    for pattern, what in REFUSALS.items():
        if setting and re.search(pattern, message):
            return what.format(user=user, database=named.get("dbname", user), setting=setting)
    return f"does not answer: {message.strip().splitlines()[-1]}"


def shown_version(number: int) -> str:
    return f"{number // 10_000}.{number % 10_000}"
