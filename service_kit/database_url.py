"""Forms of a database's URL."""


def libpq_url(database_url: str) -> str:
    """Returns the URL for Postgres's own programs: without the driver's name, which only SQLAlchemy understands."""
    scheme, separator, rest = database_url.partition("://")
    return scheme.split("+")[0] + separator + rest
