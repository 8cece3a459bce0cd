"""Moving a million tickets: while their category is held alone, reports of it wait."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from data_api.categories.repository import CategoryRepository
from data_api.categories.service import CategoryService
from data_api.learning.learning import Learning
from data_api.learning.repository import CategorisingRepository
from tests.support import rows


@dataclass
class Admin:
    person_id: int
    roles: tuple[str, ...] = ("admin",)


@pytest.mark.parametrize("way", ["merge", "delete"])
def test_what_has_moved_is_not_looked_through_again(database: Session, way: str) -> None:
    """Once to move them, and once for those that came meanwhile."""
    connection = database.connection()
    rows.category(connection, "Going")
    asked: list[str] = []
    event.listen(connection, "before_cursor_execute", lambda *said: asked.append(said[2]))
    admin: Any = Admin(rows.person(connection, "Ada Okafor", *Admin.roles))
    categories = CategoryService(admin, CategoryRepository(database), Learning(CategorisingRepository(database)))
    if way == "merge":
        categories.merge_category("going", "technical-it")
    else:
        categories.delete_category("going", "technical-it")
    looking = [
        statement for statement in asked if "ticket.category_id" in statement or "UPDATE ticket SET" in statement
    ]
    assert len(looking) == 2, looking
