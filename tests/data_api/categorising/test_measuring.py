"""How often predictions are right is counted without a look at what is older than a year."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from data_api.learning.prediction_repository import PredictionRepository
from tests.support import rows

NOW = datetime.now(UTC)
PREDICTED = """
INSERT INTO ticket_prediction SELECT id, category_id, 1, 0.9, 'sure', '{}', 1, 1, now() FROM ticket
"""


def test_old_tickets_that_were_predicted_today_are_not_read(database: Session) -> None:
    connection = database.connection()
    rows.person(connection)
    # As after `lodge recategorise`: all of them are old, and predicted today.
    rows.copies(connection, rows.ticket(connection, status="active", opened_at=NOW - timedelta(days=730)), 1999)
    for statement in (PREDICTED, "ANALYZE ticket", "ANALYZE ticket_prediction"):
        connection.exec_driver_sql(statement)
    asked: list[tuple[str, Any]] = []
    event.listen(connection, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
    assert PredictionRepository(database).measured(NOW - timedelta(days=365), "UTC") == []
    [(statement, values)] = asked
    plan = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values).scalar_one()
    assert most_rows(plan[0]["Plan"]) == 0


def most_rows(node: dict[str, Any]) -> float:
    """Read by any step of the plan."""
    read: float = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return max([read, *map(most_rows, node.get("Plans", []))])
