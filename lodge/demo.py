"""Whether a desk is a demo, whose campus Lodge has invented, or somebody's own."""

from dataclasses import dataclass

import psycopg

from lodge.errors import DeskRefused
from service_kit.database_url import libpq_url

READ = """
SELECT desk.is_demo, EXISTS (SELECT FROM ticket WHERE source IS NOT NULL),
       NOT EXISTS (SELECT FROM ticket) AND NOT EXISTS (SELECT FROM person) AND NOT EXISTS (SELECT FROM building)
FROM desk
"""
DECIDE = "UPDATE desk SET is_demo = false WHERE is_demo IS NULL"


@dataclass(frozen=True)
class Contents:
    """`is_demo` is None on a new desk, until something is begun with it. `is_empty`: nobody has used it yet."""

    is_demo: bool | None
    has_imported: bool
    is_empty: bool


def read_contents(database_url: str) -> Contents:
    """The database must have the newest schema."""
    with psycopg.connect(libpq_url(database_url), connect_timeout=10) as connection:
        row = connection.execute(READ).fetchone()
    return Contents(*row) if row else Contents(is_demo=False, has_imported=False, is_empty=False)


def keep_as_own(database_url: str) -> None:
    """Notes that a new desk is somebody's own; a demo stays a demo."""
    with psycopg.connect(libpq_url(database_url), connect_timeout=10) as connection:
        connection.execute(DECIDE)


def check_may_be_demo(contents: Contents, desk: str) -> None:
    """Raises DeskRefused when the demo campus may not be shown on this desk. `desk` is its name and home."""
    if contents.is_demo is False:
        raise DeskRefused(
            f"{desk} is your own and no demo, so nothing was added to it. Start it with `lodge up`. "
            "For a demo beside it, set LODGE_HOME to a new folder."
        )


def check_may_be_seeded(contents: Contents, desk: str) -> None:
    """Raises DeskRefused when invented tickets would come among somebody's own."""
    if contents.has_imported or not (contents.is_demo or contents.is_empty):
        why = "holds imported tickets" if contents.has_imported else "is your own and no demo"
        raise DeskRefused(
            f"{desk} {why}, so no invented tickets were added to it. "
            "Set LODGE_HOME to a new folder, or use --force if you want them here all the same."
        )
