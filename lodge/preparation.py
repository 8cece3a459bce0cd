"""The schema of a desk's database: which one it has, and the migrations to the newest one."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from lodge.analytics_access import close_to_analytics
from lodge.errors import DeskRefused
from lodge.home import Home
from service_kit.database_url import libpq_url
from service_kit.version import lodge_version

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations" / "versions"


def prepare(database_url: str) -> None:
    """Applies missing migrations. Safe to run again.

    Raises DeskRefused for a database of a newer Lodge, and LodgeError when the connection to the database is lost.
    """
    with failures_told(database_url):
        applied = applied_revision(database_url)
        if applied != newest_revision():
            check_is_known(applied)
            close_to_analytics(database_url)  # migrations cannot change tables that the analytics views depend on
            migrate(database_url)


def check_is_known(applied: str | None) -> None:
    """Raises DeskRefused for the schema of a newer Lodge."""
    if applied is not None and applied not in known_revisions():
        raise DeskRefused(
            f"This desk was used with a newer Lodge: its database has the schema {applied[:20]}, and this one, "
            f"{lodge_version()}, knows schemas up to {newest_revision()}. Nothing was changed. Use that version or a "
            "newer one; docs/upgrading.md says how to go back."
        )


def check_runs_this_version(database_url: str, home: Path) -> None:
    """Raises DeskRefused when this home's `lodge up` is of another version: it would no longer find its schema."""
    with failures_told(database_url):
        has_another = applied_revision(database_url) != newest_revision()
    holder = Home(home).lock_holder() if has_another else None
    if holder is not None and holder[0] == "up":
        raise DeskRefused(
            f"The desk in {Home(home).path} is still starting, or another version of Lodge runs it. Try again when it "
            "is ready; if it is ready already, stop it and start it with this version."
        )


def migrate(database_url: str, revision: str = "head") -> None:
    """Migrates the database up to the revision. Raises LodgeError when the connection to the database is lost."""
    with failures_told(database_url):
        from data_api.migrate import upgrade

        upgrade(database_url, revision)


@contextmanager
def failures_told(database_url: str) -> Iterator[None]:
    """Raises LodgeError when the connection to the database is lost."""
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
