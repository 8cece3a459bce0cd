"""Moving a million tickets: while their category is held alone, reports of it wait."""

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from data_api.learning.learning import Learning
from data_api.learning.repository import CategorisingRepository
from data_api.lists.repository import ListRepository
from data_api.lists.service import ListService
from tests.support import rows


class Admin:
    person_id = 1


@pytest.mark.parametrize("way", ["merge", "delete"])
def test_what_has_moved_is_not_looked_through_again(database: Session, way: str) -> None:
    """Once to move them, and once for those that came meanwhile."""
    connection = database.connection()
    rows.category(connection, "Going")
    asked: list[str] = []
    event.listen(connection, "before_cursor_execute", lambda *said: asked.append(said[2]))
    lists = ListService(Admin(), ListRepository(database), Learning(CategorisingRepository(database)))  # type: ignore[arg-type]
    if way == "merge":
        lists.merge_category("going", "technical-it")
    else:
        lists.delete_category("going", "technical-it")
    looking = [
        statement for statement in asked if "ticket.category_id" in statement or "UPDATE ticket SET" in statement
    ]
    assert len(looking) == 2, looking
