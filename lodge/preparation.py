"""Makes the database ready for the services: migrates it to the newest schema and, if asked, seeds a demo campus.

`lodge up` runs it as a separate process (`python -m lodge.preparation [--demo]`), so that Ctrl-C can end it at any
moment.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from lodge.analytics_access import close_to_analytics, open_to_analytics
from lodge.errors import LodgeError
from service_kit.database_url import libpq_url
from service_kit.settings import get_settings

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations" / "versions"


def prepare(database_url: str, *, demo: bool = False) -> None:
    """Applies missing migrations and, with `demo`, seeds a desk that has no tickets. Safe to run again.

    Raises LodgeError when the connection to the database is lost.
    """
    # Alembic and the seeding code take seconds to import, and most starts need neither, so both are imported late.
    with _failures_told(database_url):
        if applied_revision(database_url) != newest_revision():
            close_to_analytics(database_url)  # migrations cannot change tables that the analytics views depend on
            migrate(database_url)
        has_to_be_filled = demo and not has_tickets(database_url)
    if has_to_be_filled:
        from lodge.seeding import demo as seed_demo

        seed_demo(database_url)


def migrate(database_url: str, revision: str = "head") -> None:
    """Migrates the database up to the revision. Raises LodgeError when the connection to the database is lost."""
    with _failures_told(database_url):
        from data_api.migrate import upgrade

        upgrade(database_url, revision)


@contextmanager
def _failures_told(database_url: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        reason = getattr(error, "orig", error)  # SQLAlchemy, which the migrations use, wraps the driver's errors
        if not isinstance(reason, psycopg.OperationalError):
            raise
        from lodge.bulk import database_failure

        raise database_failure(database_url, reason, "Try again: what was made ready stays so.") from error


def newest_revision() -> str:
    """Returns the migration that no other migration builds on, read from the files without importing Alembic."""
    built_on = set(re.findall(r'^down_revision\b.*= "(\w+)"', _migrations(), re.MULTILINE))
    return ", ".join(sorted(known_revisions() - built_on))


def known_revisions() -> set[str]:
    """Returns the schema revisions that this version of Lodge can migrate to the newest one."""
    return set(re.findall(r'^revision\b.*= "(\w+)"', _migrations(), re.MULTILINE))


def _migrations() -> str:
    return "\n".join(path.read_text() for path in MIGRATIONS.glob("*.py"))


def applied_revision(database_url: str) -> str | None:
    """Returns the database's schema revision, or None when Lodge has never used this database."""
    with psycopg.connect(libpq_url(database_url)) as connection:
        try:
            row = connection.execute("SELECT string_agg(version_num, ', ') FROM alembic_version").fetchone()
        except psycopg.errors.UndefinedTable:
            return None
    return row[0] if row else None


def has_tickets(database_url: str) -> bool:
    with psycopg.connect(libpq_url(database_url)) as connection:
        row = connection.execute("SELECT EXISTS (SELECT FROM ticket)").fetchone()
    return bool(row and row[0])


if __name__ == "__main__":
    settings = get_settings()
    if settings.database_url is None:
        sys.exit("LODGE_DATABASE_URL is not set")
    try:
        prepare(settings.database_url, demo="--demo" in sys.argv[1:])
        open_to_analytics(settings.database_url, settings)
    except LodgeError as failure:
        sys.exit(str(failure))
