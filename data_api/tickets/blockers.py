"""What blocks a ticket: tickets that are not closed yet, as far as somebody may read them."""

from collections.abc import Sequence

from data_api.access.actor import Actor
from data_api.tickets.repository import TicketRepository


class Blockers:
    """For the changes of one request. Knows of the tickets that it closes itself, which may be copies of tickets."""

    def __init__(self, actor: Actor, repository: TicketRepository) -> None:
        self.actor = actor
        self.repository = repository
        self._found: dict[int, list[int]] = {}
        self._closed: set[int] = set()

    def look_up(self, ticket_ids: Sequence[int]) -> None:
        """Finds out what blocks each of several tickets, by one query."""
        self._found |= self.repository.blockers_of_each(self.actor, ticket_ids)

    def of(self, ticket_id: int) -> list[int]:
        if ticket_id not in self._found:
            self.look_up([ticket_id])
        return [blocker for blocker in self._found[ticket_id] if blocker not in self._closed]

    def note_closed(self, ticket_id: int) -> None:
        self._closed.add(ticket_id)
