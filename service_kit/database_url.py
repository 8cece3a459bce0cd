"""Forms of a database's URL."""

from urllib.parse import urlsplit


def libpq_url(database_url: str) -> str:
    """Returns the URL for Postgres's own programs: without the driver's name, which only SQLAlchemy understands."""
    scheme, separator, rest = database_url.partition("://")
    return scheme.split("+")[0] + separator + rest


def shown_address(database_url: str) -> str:
    """Returns host and port, without the password."""
    parts = urlsplit(database_url)
    return f"{parts.hostname or 'localhost'}:{parts.port or 5432}"
