"""Chooses and checks the desk's database: an external server named by LODGE_DATABASE_URL, or the embedded one."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from lodge.errors import LodgeError
from lodge.postgres import running_postgres
from service_kit.database_url import libpq_url
from service_kit.settings import DATABASE_URL_EXAMPLE, Settings

OLDEST_VERSION = 15


@contextmanager
def desk_database(settings: Settings, holder: str) -> Iterator[str]:
    """Gives the URL of the desk's database; `holder` is the command that asks. Raises LodgeError."""
    if settings.database_url is None:
        with running_postgres(settings.home, holder, log_format=settings.log_format) as url:
            check_server(url)  # a desk that is just starting may have a server that does not answer yet
            yield url
    else:
        check_server(settings.database_url)
        yield settings.database_url


def check_server(url: str) -> None:
    """Raises LodgeError when the server cannot be reached or is too old."""
    number = server_version(url)
    if number < OLDEST_VERSION * 10_000:
        raise LodgeError(
            f"The server at {shown_address(url)} is PostgreSQL {shown_version(number)}; Lodge needs "
            f"{OLDEST_VERSION} or newer. Unset LODGE_DATABASE_URL to use the one that Lodge brings."
        )


def server_version(url: str) -> int:
    """Returns Postgres's version number: 180006 is 18.6. Raises LodgeError when the server does not answer."""
    import psycopg  # imported here because not every command needs it, and importing takes 0.4 s

    try:
        with psycopg.connect(libpq_url(url), connect_timeout=5) as connection:
            return connection.info.server_version
    except psycopg.ProgrammingError:  # its message may contain a part of the password
        raise LodgeError(f"LODGE_DATABASE_URL cannot be read; it should be such as {DATABASE_URL_EXAMPLE}.") from None
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise LodgeError(f"The database at {shown_address(url)} does not answer: {reason}") from error


def shown_version(number: int) -> str:
    return f"{number // 10_000}.{number % 10_000}"


def shown_address(url: str) -> str:
    """Returns host and port, without the password."""
    parts = urlsplit(url)
    return f"{parts.hostname or 'localhost'}:{parts.port or 5432}"
