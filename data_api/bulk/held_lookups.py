"""Looks each entry up once, for all tickets that are changed in one transaction."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from data_api.lists.lookups import Lookups
from data_api.models import Category, Person, Team

Found = TypeVar("Found")


class HeldLookups(Lookups):
    """What was found stays found until the transaction ends. It is referred to from here, because a session forgets
    rows to which nobody else refers."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._held: dict[Hashable, Any] = {}

    def category(self, slug: str) -> Category:
        return self._once(super().category, slug)

    def category_by_id(self, category_id: int) -> Category:
        return self._once(super().category_by_id, category_id)

    def team(self, slug: str) -> Team:
        return self._once(super().team, slug)

    def team_by_id(self, team_id: int | None) -> Team | None:
        return self._once(super().team_by_id, team_id)

    def assignee(self, person_id: int) -> tuple[Person, bool]:
        return self._once(super().assignee, person_id)

    def _once(self, look_up: Callable[[Any], Found], key: Any) -> Found:
        asked = (look_up.__name__, key)
        if asked not in self._held:
            self._held[asked] = look_up(key)
        found: Found = self._held[asked]
        return found
