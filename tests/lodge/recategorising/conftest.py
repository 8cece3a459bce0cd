"""A desk with tickets whose categories are to be predicted anew."""

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from rich.console import Console

from lodge.recategorising import Which, recategorise

OPENED = datetime(2026, 3, 2, 9, tzinfo=UTC)
LIFT, WIFI, FOOD = (
    "The lift in building C is stuck between two floors",
    "The WiFi in the library keeps dropping",
    "The canteen's food was cold again and the staff were rude",
)
TICKET = """
INSERT INTO ticket (title, description, status, stage_id, category_id, category_by, requester_id, is_confidential,
                    opened_at, modified_at, closed_at)
VALUES (left(%(text)s::text, 200), %(text)s::text, %(status)s::text,
        (SELECT min(id) FROM stage WHERE status = %(status)s::text),
        (SELECT id FROM category WHERE slug = %(category)s), %(by)s, (SELECT min(id) FROM person), %(secret)s,
        %(at)s::timestamptz, %(at)s::timestamptz, CASE WHEN %(status)s::text = 'closed' THEN %(at)s::timestamptz END)
RETURNING id"""


class Desk:
    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[str] = []
        self.rows("INSERT INTO person (name, roles) VALUES ('Mia', '{student}') RETURNING id")

    def add(
        self,
        text: str,
        category: str,
        by: str | None,
        *,
        status: str = "open",
        secret: bool = False,
        at: datetime = OPENED,
    ) -> int:
        said = {"text": text, "category": category, "by": by, "status": status, "secret": secret, "at": at}
        return int(self.rows(TICKET, said)[0][0])

    def rows(self, query: str, values: Any = None) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, options="-c timezone=UTC") as connection:
            return connection.execute(query.encode(), values).fetchall()

    def run(self, which: Which | None = None, *, is_dry: bool = False) -> None:
        recategorise(
            self.url, which or Which(), self.asked.append, is_dry=is_dry, console=Console(width=120, highlight=False)
        )

    def places(self) -> list[tuple[Any, ...]]:
        """Category and who chose it, by the tickets' numbers."""
        return self.rows(
            "SELECT slug, category_by FROM ticket JOIN category ON category.id = category_id ORDER BY ticket.id"
        )


@pytest.fixture
def desk(database_url: str) -> Desk:
    return Desk(database_url)
