"""Rules that are the same for categories, buildings, stages, teams and roles."""

from typing import Generic

from contracts.base import Name
from data_api.kit.slugs import slug_from
from data_api.lists.errors import NotInList, SlugTaken, StillInUse
from data_api.lists.repository import Entry, ListRepository
from service_kit.errors import InvalidInput


class ListService(Generic[Entry]):
    def __init__(self, repository: ListRepository[Entry]) -> None:
        self._entries = repository
        self._kind = repository.table.__tablename__

    def _found(self, slug: str) -> Entry:
        """Returns the entry, and locks it against changes until the transaction ends. Raises NotInList."""
        row = self._entries.lock(slug)
        if row is None:
            raise NotInList.named(self._kind, slug)
        return row

    def _free_slug(self, slug: str | None, name: Name) -> str:
        """Returns the given slug, or one made from the name, if it is free. Raises InvalidInput, SlugTaken."""
        wanted = slug or slug_from(name)
        if not wanted:
            raise InvalidInput.in_field("body.slug", "cannot be made from this name; give one in a-z and 0-9")
        if self._entries.is_taken(wanted):
            raise SlugTaken(f"There is a {self._kind} {wanted} already.")
        return wanted

    def _hold_unused(self, row: Entry) -> None:
        """Makes sure that no ticket refers to the entry, and that none can be given it until the transaction ends.
        Raises StillInUse."""
        self._entries.hold_alone(row)
        if self._entries.is_used(row):
            raise StillInUse(f"Tickets stand on {row.name}; move them first.")
