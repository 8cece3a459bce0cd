"""Queries that are the same for categories and buildings."""

from typing import Generic, TypeVar

from sqlalchemy import exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from data_api.models import Building, Category

Entry = TypeVar("Entry", bound=Category | Building)


class ListRepository(Generic[Entry]):
    """`on_tickets` is the column of tickets that refers to an entry of this list."""

    def __init__(
        self,
        session: Session,
        table: type[Entry],
        on_tickets: InstrumentedAttribute[int] | InstrumentedAttribute[int | None],
    ) -> None:
        self.session = session
        self.table = table
        self.on_tickets = on_tickets

    def lock(self, slug: str) -> Entry | None:
        """Locks the entry, so that nobody else can change it; tickets can still be given this entry."""
        return self.session.scalar(select(self.table).where(self.table.slug == slug).with_for_update(key_share=True))

    def hold_alone(self, row: Entry) -> None:
        """Locks the entry, so that no ticket can be given it until the transaction ends."""
        self.session.refresh(row, with_for_update=True)

    def is_taken(self, slug: str) -> bool:
        return self.session.scalar(select(exists().where(self.table.slug == slug))) or False

    def is_used(self, row: Entry) -> bool:
        """Whether any ticket refers to this entry, including tickets that the actor may not read."""
        return self.session.scalar(select(exists().where(self.on_tickets == row.id))) or False

    def add(self, row: Entry) -> None:
        self.session.add(row)
        self.session.flush()

    def delete(self, row: Entry) -> None:
        self.session.delete(row)
        self.session.flush()
