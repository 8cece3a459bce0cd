"""Which database the running desk of a home uses. A command that was given another one says so: that one does not
answer or is empty, which would look like an outage."""

from collections.abc import Iterator
from contextlib import contextmanager

from lodge.errors import LodgeError
from lodge.folders import read_word, remove, write_whole
from lodge.home import Home
from service_kit.database_url import shown_address
from service_kit.settings import Settings

EMBEDDED = "embedded"
NOTE = "database"


@contextmanager
def noted_database(settings: Settings, home: Home) -> Iterator[None]:
    """Writes it to a file for other commands of this home, without the password, and deletes it when the block ends."""
    note = home.run / NOTE
    write_whole(note, shown_address(settings.database_url) if settings.database_url else EMBEDDED)
    try:
        yield
    finally:
        remove(note)


def another_database(settings: Settings) -> str:
    """Returns what to do when the desk of this home runs with another kind of database than these settings name; else
    "". Which server of one's own it is, is not compared: one server has many names. Raises LodgeError when this account
    may not look."""
    home = Home(settings.home)
    try:
        used = read_word(home.run / NOTE)
    except OSError:
        return ""
    holder = home.lock_holder()
    if holder is None or holder[0] != "up" or (used == EMBEDDED) == (settings.database_url is None):
        return ""
    if settings.database_url is None:
        return f"This desk runs with LODGE_DATABASE_URL (the server {used}), which is not set here. Set it here too."
    return (
        "This desk runs with the database server that Lodge brings, and here LODGE_DATABASE_URL is set. "
        "Unset it here, or stop the desk first."
    )


def check_database(settings: Settings) -> None:
    """Raises LodgeError where `another_database` has something to say."""
    if told := another_database(settings):
        raise LodgeError(told)
