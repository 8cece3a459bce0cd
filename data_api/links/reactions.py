"""Tells linked tickets what happens to a ticket."""

from collections.abc import Collection

from contracts.tickets import Status
from data_api.links.repository import LinkRepository
from data_api.models import Ticket
from data_api.tickets.reactions import Deleted, Expected, Moved, Reaction

MOVES = frozenset({"status", "stage"})


class TellLinked(Reaction):
    """A ticket that waits for this one is told when this one is closed or opened again. When a ticket is deleted, the
    others are told that a link is removed, unless nobody may know that a confidential ticket existed."""

    def __init__(self, repository: LinkRepository) -> None:
        self.repository = repository
        self._expected: frozenset[int] = frozenset()
        self._waiting: frozenset[int] = frozenset()
        self._blocking: Collection[int] = ()
        self._put_off: list[Moved] = []

    def expected(self, expected: Expected) -> None:
        """Most of many tickets block nothing, and cost no statement of their own later. All are locked, so none gets a
        link meanwhile."""
        if expected.named & MOVES:
            self._expected = frozenset(ticket.id for ticket in expected.tickets)
            self._waiting = frozenset(ticket.id for ticket in expected.tickets if ticket.status != Status.CLOSED)
            self._blocking = self.repository.blocking(self._expected)

    def moved(self, moved: Moved) -> None:
        """Of many tickets, one may still be refused by a later reaction. So its move is told in `all_changed`."""
        if (moved.before.status == Status.CLOSED) == (moved.ticket.status == Status.CLOSED):
            return
        if moved.ticket.id not in self._expected:
            # Most block nothing: to add no line would cost more than to look, because the change feed's trigger runs.
            if self.repository.blocking({moved.ticket.id}):
                self.repository.tell_blocked(moved)
        elif moved.ticket.id in self._blocking:
            self._put_off.append(moved)

    def all_changed(self, tickets: Collection[Ticket]) -> None:
        """Also tells those that were closed by the same change: they come after what blocks them."""
        changed = {ticket.id for ticket in tickets}
        for moved in self._put_off:
            if moved.ticket.id in changed:
                self.repository.tell_blocked(moved, self._expected, self._waiting)
        self._put_off.clear()

    def deleted(self, deleted: Deleted) -> None:
        if not deleted.ticket.is_confidential:
            self.repository.tell_deleted(deleted.ticket.id, deleted.actor, deleted.at)
