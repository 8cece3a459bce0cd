"""Tells linked tickets what happens to a ticket."""

from contracts.tickets import Status
from data_api.links.repository import LinkRepository
from data_api.tickets.reactions import Deleted, Expected, Moved, Reaction

MOVES = frozenset({"status", "stage"})


class TellLinked(Reaction):
    """A ticket that waits for this one is told when this one is closed or opened again. When a ticket is deleted, the
    others are told that a link is removed, unless nobody may know that a confidential ticket existed."""

    def __init__(self, repository: LinkRepository) -> None:
        self.repository = repository
        self._block_nothing: set[int] = set()

    def expected(self, expected: Expected) -> None:
        """Most of many tickets block nothing, and cost no statement of their own later. All are locked, so none gets a
        link meanwhile."""
        if expected.named & MOVES:
            ids = {ticket.id for ticket in expected.tickets}
            self._block_nothing |= ids - self.repository.blocking(ids)

    def moved(self, moved: Moved) -> None:
        before, ticket = moved.before.status, moved.ticket
        if (before == Status.CLOSED) == (ticket.status == Status.CLOSED) or ticket.id in self._block_nothing:
            return
        # Most block nothing: to add no line would cost more than to look, because the change feed's trigger runs.
        if self.repository.blocking({ticket.id}):
            self.repository.tell_blocked(ticket.id, before, ticket.status, moved.actor, moved.at)

    def deleted(self, deleted: Deleted) -> None:
        if not deleted.ticket.is_confidential:
            self.repository.tell_deleted(deleted.ticket.id, deleted.actor, deleted.at)
