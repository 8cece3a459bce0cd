"""A desk with tickets whose categories are to be predicted anew."""

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from rich.console import Console
from sqlalchemy import select

from data_api.models import Category
from lodge.recategorising import Which, recategorise
from tests.support import rows

OPENED = datetime(2026, 3, 2, 9, tzinfo=UTC)
LIFT, WIFI, FOOD = (
    "The lift in building C is stuck between two floors",
    "The WiFi in the library keeps dropping",
    "The canteen's food was cold again and the staff were rude",
)


class Desk:
    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[str] = []
        with psycopg.connect(url) as connection:
            rows.person(connection)

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
        with psycopg.connect(self.url) as connection:
            return rows.ticket(
                connection,
                title=text[:200],
                description=text,
                status=status,
                category_id=select(Category.id).where(Category.slug == category).scalar_subquery(),
                category_by=by,
                is_confidential=secret,
                opened_at=at,
            )

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
