"""Queries that are the same for categories, buildings, stages, teams and roles."""

from collections.abc import Callable
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from data_api.models import Building, Category, Stage, StoredRole, Team

Entry = TypeVar("Entry", bound=Category | Building | Stage | Team | StoredRole)


class ListRepository(Generic[Entry]):
    """`used_by` returns the condition on the tickets or people that refer to an entry of this list."""

    def __init__(self, session: Session, table: type[Entry], used_by: Callable[[Entry], ColumnElement[bool]]) -> None:
        self.session = session
        self.table = table
        self.used_by = used_by

    def lock(self, slug: str) -> Entry | None:
        """Locks the entry, so that nobody else can change it; tickets and people can still be given this entry."""
        return self.session.scalar(select(self.table).where(self.table.slug == slug).with_for_update(key_share=True))

    def hold_alone(self, row: Entry) -> None:
        """Locks the entry, so that no ticket or person can be given it until the transaction ends."""
        self.session.refresh(row, with_for_update=True)

    def is_taken(self, slug: str) -> bool:
        return self.session.scalar(select(exists().where(self.table.slug == slug))) or False

    def is_used(self, row: Entry) -> bool:
        """Whether anything refers to this entry, including tickets that the actor may not read."""
        return self.session.scalar(select(exists().where(self.used_by(row)))) or False

    def add(self, row: Entry) -> None:
        self.session.add(row)
        self.session.flush()

    def delete(self, row: Entry) -> None:
        self.session.delete(row)
        self.session.flush()
