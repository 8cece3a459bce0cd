"""Numbers, dates and durations as people say them, in the sentences of analyses and on the pages."""

import duckdb
import pytest

from streamlit_app.language.words import duration
from warehouse.sentence_macros import SENTENCE_MACROS

MINUTE, HOUR, DAY = 60, 3_600, 86_400


@pytest.fixture(scope="module")
def database() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    connection.execute(SENTENCE_MACROS)
    return connection


def said(database: duckdb.DuckDBPyConnection, expression: str) -> object:
    row = database.execute(f"SELECT {expression}").fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("count_text(1, 'ticket', 'tickets')", "1 ticket"),
        ("count_text(0, 'ticket', 'tickets')", "0 tickets"),
        ("count_text(2044::HUGEINT, 'ticket', 'tickets')", "2,044 tickets"),
        ("count_text(NULL, 'ticket', 'tickets')", None),
        ("month_text('2026-11')", "November 2026"),
        ("day_text(DATE '2026-11-03')", "3 November 2026"),
        ("duration_text(NULL)", None),
    ],
)
def test_numbers_and_dates(database: duckdb.DuckDBPyConnection, expression: str, text: str | None) -> None:
    assert said(database, expression) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        *((0, "0 seconds"), (1, "1 second"), (59.4, "59 seconds"), (59.6, "1 minute"), (90, "2 minutes")),
        *((59 * MINUTE, "59 minutes"), (59.6 * MINUTE, "1 hour"), (1.3 * HOUR, "1.3 hours"), (30 * HOUR, "30 hours")),
        *((2 * DAY, "2 days"), (5.5 * DAY, "5.5 days"), (41.3 * DAY, "41.3 days"), (800 * DAY, "2.2 years")),
        (5.96 * DAY, "6 days"),
    ],
)
def test_durations_are_said_alike_by_both(database: duckdb.DuckDBPyConnection, seconds: float, text: str) -> None:
    assert said(database, f"duration_text({seconds}::DOUBLE)") == text
    assert duration(seconds) == text
