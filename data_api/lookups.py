"""Finding a row of a short list by its slug, and saying in which field it was not found."""

from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.tickets import Status
from data_api.models import Building, Category, Person, Stage
from service_kit.errors import InvalidInput

T = TypeVar("T")


class Lookups:
    def __init__(self, session: Session) -> None:
        self.session = session

    def category(self, slug: str | None) -> Category:
        """The default where none is named."""
        wanted = Category.is_default if slug is None else Category.slug == slug
        return self._found(self.session.scalar(select(Category).where(wanted)), "category", slug)

    def building(self, slug: str) -> Building:
        return self._found(self.session.scalar(select(Building).where(Building.slug == slug)), "building", slug)

    def stage(self, slug: str) -> Stage:
        return self._found(self.session.scalar(select(Stage).where(Stage.slug == slug)), "stage", slug)

    def first_stage(self, status: Status) -> Stage:
        """Where a ticket enters a status."""
        return self.session.scalars(
            select(Stage).where(Stage.status == status).order_by(Stage.position, Stage.id).limit(1)
        ).one()

    def category_by_id(self, category_id: int) -> Category:
        return self.session.get_one(Category, category_id)

    def building_by_id(self, building_id: int | None) -> Building | None:
        return self.session.get_one(Building, building_id) if building_id else None

    def stage_by_id(self, stage_id: int) -> Stage:
        return self.session.get_one(Stage, stage_id)

    def person(self, person_id: int, field: str) -> Person:
        return self._found(self.session.get(Person, person_id), field, str(person_id))

    @staticmethod
    def _found(row: T | None, field: str, name: str | None) -> T:
        if row is None:
            raise InvalidInput.in_field(f"body.{field}", f"there is no {field} {name}")
        return row
