"""Lets the analytics API's own database role read the data that the replica holds, and nothing else."""

import psycopg

from lodge.cluster import ANALYTICS
from lodge.errors import LodgeError
from lodge.outside import connected
from service_kit.database_url import libpq_url
from service_kit.settings import Settings
from warehouse.access import close, has_role, open_to, view_settings
from warehouse.errors import SchemaTaken
from warehouse.tables import Definition


def open_to_analytics(database_url: str, settings: Settings, desk_url: str | None = None) -> None:
    """Makes the analytics views in this database and lets the analytics role read them. Safe to run again.

    It runs at each start, after the migrations, and during a restore. `desk_url` is the database of a desk that may be
    running: the new views take the time zone and text setting of that database's views, not this command's settings.
    With LODGE_DATABASE_URL set, the role is that of LODGE_ANALYTICS_DATABASE_URL; if that is unset, nothing is done.
    Raises LodgeError.
    """
    definition = Definition(settings.timezone, with_text=settings.warehouse_text)
    if desk_url is not None:
        with psycopg.connect(libpq_url(desk_url), connect_timeout=10) as desk:
            made_for = view_settings(desk)
        definition = made_for.definition if made_for else definition
    with psycopg.connect(libpq_url(database_url), connect_timeout=10) as connection:
        role = _role(settings)
        if role is None or not has_role(connection, role):  # a server started by an older Lodge has none
            return
        try:
            open_to(connection, role, definition, is_alone=role == ANALYTICS)
        except SchemaTaken as error:
            raise LodgeError(str(error)) from error


def close_to_analytics(database_url: str) -> None:
    """Drops the analytics views; `open_to_analytics` makes them again. Raises LodgeError."""
    try:
        with psycopg.connect(libpq_url(database_url), connect_timeout=10) as connection:
            close(connection)
    except SchemaTaken as error:
        raise LodgeError(str(error)) from error


def _role(settings: Settings) -> str | None:
    if settings.analytics_database_url is None:
        return None if settings.database_url else ANALYTICS
    with connected(settings.analytics_database_url, "LODGE_ANALYTICS_DATABASE_URL") as connection:
        return connection.info.user
