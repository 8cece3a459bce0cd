"""The engine: how URLs are read, and what an error may tell."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from data_api.database import driver_url, libpq_url, make_engine


@pytest.mark.parametrize("given", ["postgresql://u:p%40x@h:1/d", "postgresql+psycopg://u:p%40x@h:1/d"])
def test_either_spelling_of_a_url_is_taken(given: str) -> None:
    assert driver_url(given) == "postgresql+psycopg://u:p%40x@h:1/d"
    assert libpq_url(given) == "postgresql://u:p%40x@h:1/d"


def test_a_failing_statement_does_not_tell_what_people_wrote(module_database_url: str) -> None:
    """Its text goes to the log."""
    engine = make_engine(module_database_url)
    with engine.connect() as connection, pytest.raises(ProgrammingError) as failure:
        connection.execute(text("INSERT INTO no_such_table VALUES (:words)"), {"words": "My secret words"})
    assert "secret" not in str(failure.value)
    engine.dispose()
