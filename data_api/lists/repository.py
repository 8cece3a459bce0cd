"""Queries on the short lists."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from data_api.models import Building, Category, Stage, Ticket

Row = TypeVar("Row", Category, Building)


class ListRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def categories(self) -> Sequence[Category]:
        return self.session.scalars(select(Category).order_by(Category.id)).all()

    def buildings(self) -> Sequence[Building]:
        return self.session.scalars(select(Building).order_by(Building.name, Building.id)).all()

    def stages(self) -> Sequence[Stage]:
        return self.session.scalars(select(Stage).order_by(Stage.position, Stage.id)).all()

    def lock(self, table: type[Row], slug: str) -> Row | None:
        return self.session.scalar(select(table).where(table.slug == slug).with_for_update())

    def is_taken(self, table: type[Row], slug: str) -> bool:
        return self.session.scalar(select(exists().where(table.slug == slug))) or False

    def is_used(self, row: Category | Building) -> bool:
        """Whether any ticket, readable or not, stands on it."""
        uses: ColumnElement[bool] = (
            Ticket.category_id == row.id if isinstance(row, Category) else Ticket.building_id == row.id
        )
        return self.session.scalar(select(exists().where(uses))) or False

    def add(self, row: Category | Building) -> None:
        self.session.add(row)
        self.session.flush()

    def delete(self, row: Category | Building) -> None:
        self.session.delete(row)
        self.session.flush()

    def clear_default(self) -> None:
        self.session.execute(update(Category).where(Category.is_default).values(is_default=False))
