"""Queries on buildings."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_api.lists.repository import ListRepository
from data_api.models import Building, Ticket


class BuildingRepository(ListRepository[Building]):
    def __init__(self, session: Session) -> None:
        super().__init__(session, Building, lambda row: Ticket.building_id == row.id)

    def all(self) -> Sequence[Building]:
        """Returns all buildings, sorted by name."""
        return self.session.scalars(select(Building).order_by(Building.name, Building.id)).all()
