"""Tells linked tickets what happens to a ticket."""

from contracts.tickets import Status
from data_api.links.repository import LinkRepository
from data_api.tickets.reactions import Deleted, Moved, Reaction


class TellLinked(Reaction):
    """A ticket that waits for this one is told when this one is closed or opened again. When a ticket is deleted, the
    others are told that a link is removed, unless nobody may know that a confidential ticket existed."""

    def __init__(self, repository: LinkRepository) -> None:
        self.repository = repository

    def moved(self, moved: Moved) -> None:
        before, ticket = moved.before.status, moved.ticket
        if (before == Status.CLOSED) != (ticket.status == Status.CLOSED):
            self.repository.tell_blocked(ticket.id, before, ticket.status, moved.actor, moved.at)

    def deleted(self, deleted: Deleted) -> None:
        if not deleted.ticket.is_confidential:
            self.repository.tell_deleted(deleted.ticket.id, deleted.actor, deleted.at)
