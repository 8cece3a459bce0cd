"""Lets the analytics API's own role read what the replica holds, and nothing else."""

import psycopg

from lodge.cluster import ANALYTICS
from lodge.errors import LodgeError
from service_kit.database_url import libpq_url
from service_kit.settings import DATABASE_URL_EXAMPLE, Settings
from warehouse.access import close, has_role, open_to, view_settings
from warehouse.errors import SchemaTaken
from warehouse.tables import Definition


def open_to_analytics(database_url: str, settings: Settings, desk_url: str | None = None) -> None:
    """In this database; at each start, after migrations and after a restore. Safe to run again.

    `desk_url`: a desk that may be running, whose figures are to go on as they were set for it, whatever the settings of
    this command are. On a server of one's own, the role is that of LODGE_ANALYTICS_DATABASE_URL; without one, nothing
    is done. Raises LodgeError.
    """
    definition = Definition(settings.timezone, with_text=settings.warehouse_text)
    if desk_url is not None:
        with psycopg.connect(libpq_url(desk_url), connect_timeout=10) as desk:
            made_for = view_settings(desk)
        definition = made_for.definition if made_for else definition
    with psycopg.connect(libpq_url(database_url), connect_timeout=10) as connection:
        role = _role(settings)
        if role is None or not has_role(connection, role):  # a server that an older Lodge runs has none
            return
        try:
            open_to(connection, role, definition, is_alone=role == ANALYTICS)
        except SchemaTaken as error:
            raise LodgeError(str(error)) from error


def close_to_analytics(database_url: str) -> None:
    """Until it is opened again. Raises LodgeError."""
    try:
        with psycopg.connect(libpq_url(database_url), connect_timeout=10) as connection:
            close(connection)
    except SchemaTaken as error:
        raise LodgeError(str(error)) from error


def _role(settings: Settings) -> str | None:
    if settings.analytics_database_url is None:
        return None if settings.database_url else ANALYTICS
    try:
        with psycopg.connect(libpq_url(settings.analytics_database_url), connect_timeout=10) as connection:
            return connection.info.user
    except psycopg.ProgrammingError:  # its own words may hold a piece of the password
        raise LodgeError(
            f"LODGE_ANALYTICS_DATABASE_URL cannot be read; it should be such as {DATABASE_URL_EXAMPLE}."
        ) from None
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[-1]
        raise LodgeError(f"LODGE_ANALYTICS_DATABASE_URL does not lead to a database: {reason}") from error
