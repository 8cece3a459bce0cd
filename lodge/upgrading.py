"""Makes a desk ready for this version of Lodge: backs it up and migrates it where it is older, and fills a demo.

`lodge up` runs it as a process of its own (`python -m lodge.upgrading [--demo]`), which Ctrl-C can end at any time. It
writes sentences for the person who started the desk on standard output. The exit code is EXIT_REFUSED when trying
again does not help; the last line on standard error then says why.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg

from contracts.desk import SignIn
from lodge.analytics_access import open_to_analytics
from lodge.demo import check_may_be_demo, keep_as_own, read_contents
from lodge.errors import EXIT_REFUSED, DeskRefused, LodgeError
from lodge.folders import check_is_ours
from lodge.home import Home, named_desk
from lodge.preparation import applied_revision, check_is_known, failures_told, newest_revision, prepare
from lodge.terminal import printable
from service_kit.database_url import libpq_url
from service_kit.settings import Settings, get_settings
from service_kit.version import lodge_version

PREFIX = "before-upgrade-"


def make_ready(database_url: str, settings: Settings, say: Callable[[str], object], *, is_own: bool = True) -> None:
    """Migrates the database to the newest schema; a desk that holds anything is backed up first. Safe to run again.

    Raises DeskRefused, with nothing changed, when the database is of a newer Lodge or cannot be backed up, and
    LodgeError when the connection is lost. With `is_own`, a new desk is somebody's own from now on; otherwise it can
    still become a demo.
    """
    with failures_told(database_url):
        applied = applied_revision(database_url)
    if applied != newest_revision():
        check_is_known(applied)
        if applied is not None:
            _back_up(database_url, Home(settings.home), applied, say)
        prepare(database_url)
    if is_own:
        with failures_told(database_url):
            keep_as_own(database_url)


def make_demo(database_url: str, settings: Settings, say: Callable[[str], object]) -> None:
    """Fills a new desk with the demo campus; a demo stays as it is. Raises DeskRefused for somebody's own desk."""
    make_ready(database_url, settings, say, is_own=False)
    with failures_told(database_url):
        contents = read_contents(database_url)
    check_may_be_demo(contents, named_desk(settings))
    if contents.is_demo is None:
        # Imported here because it takes seconds, and most starts do not need it.
        from data_api.files.storage import make_storage
        from lodge.seeding import demo

        demo(database_url, storage=make_storage(settings))


def _back_up(database_url: str, home: Home, applied: str, say: Callable[[str], object]) -> None:
    """Backs the desk up into the home. An earlier backup before the same step, such as of an upgrade that failed, is
    replaced when the new one is complete."""
    from rich.console import Console

    from lodge.backup import back_up
    from lodge.backup.repository import is_pristine

    with failures_told(database_url), psycopg.connect(libpq_url(database_url), connect_timeout=10) as connection:
        if is_pristine(connection):
            return
    step = f"{applied}-to-{newest_revision()}"
    try:
        target = _folder(home) / f"{PREFIX}{step}.lodge"
        say(f"This desk is of an earlier Lodge than {lodge_version()}: it is backed up and then upgraded ({step}).")
        back_up(database_url, home.path, target, force=True, console=Console(quiet=True))
    except (OSError, LodgeError) as error:
        raise DeskRefused(
            f"The desk was not upgraded and is as it was, because it could not be backed up first: {error}"
        ) from error
    say(f"The backup from before the upgrade is {printable(str(target))}")


def _folder(home: Home) -> Path:
    """Returns the home's folder for backups, without what killed backups left there."""
    home.make()
    folder = home.path / "backups"
    if not os.path.lexists(folder):
        folder.mkdir(0o700)
    check_is_ours(folder)
    for left in folder.glob(f".{PREFIX}*"):
        shutil.rmtree(left, ignore_errors=True)
    return folder


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 lodge up reads it


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that a backup removes what it has begun
    settings = get_settings()
    if settings.database_url is None:
        sys.exit("LODGE_DATABASE_URL is not set")
    make = make_demo if "--demo" in sys.argv[1:] else make_ready
    try:
        make(settings.database_url, settings, say)
        open_to_analytics(settings.database_url, settings)
        if SignIn.PASSWORD in settings.ways_in:
            from lodge.administrators import say_how_to_begin  # imported here because most desks do not need it

            say_how_to_begin(settings.database_url, say)
    except DeskRefused as refused:
        sys.stderr.write(" ".join(str(refused).split()) + "\n")
        sys.exit(EXIT_REFUSED)
    except LodgeError as failure:
        sys.exit(str(failure))


if __name__ == "__main__":
    main()
