"""Makes the database ready for the services: the newest schema and, if asked, a demo campus.

Run as a process of its own (`python -m lodge.preparation [--demo]`), so that Ctrl-C can end it at any moment.
"""

import sys

from service_kit.settings import get_settings


def prepare(database_url: str, *, demo: bool = False) -> None:
    """Safe to run again: migrations that are there stay, and only an empty desk gets the demo."""
    from data_api.migrate import upgrade

    upgrade(database_url)
    if demo:
        from lodge.seeding import demo as seed_demo

        seed_demo(database_url)


if __name__ == "__main__":
    url = get_settings().database_url
    if url is None:
        sys.exit("LODGE_DATABASE_URL is not set")
    prepare(url, demo="--demo" in sys.argv[1:])
