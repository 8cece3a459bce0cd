"""How a database is named."""


def libpq_url(database_url: str) -> str:
    """As Postgres's own programs take it: without the name of the driver, which only SQLAlchemy understands."""
    scheme, separator, rest = database_url.partition("://")
    return scheme.split("+")[0] + separator + rest
