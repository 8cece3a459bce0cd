"""Tells who may read a ticket, and adds and removes followers for others."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from contracts.pages import Page, PageQuery
from contracts.people import PersonBrief
from contracts.tickets import EventKind, ReaderRead, ReadsBecause
from data_api.access.actor import Actor
from data_api.kit.paging import read_cursor, write_cursor
from data_api.lists.lookups import Lookups
from data_api.models import Ticket
from data_api.readers.repository import ReaderRepository
from data_api.tickets.errors import TicketNotFound
from data_api.tickets.fields import ToldPerson
from data_api.tickets.repository import TicketRepository
from service_kit.errors import NotPermitted


class ReaderService:
    """Raises `TicketNotFound` for a ticket that the actor may not read."""

    def __init__(self, actor: Actor, readers: ReaderRepository, tickets: TicketRepository, lookups: Lookups) -> None:
        self.actor = actor
        self.readers = readers
        self.tickets = tickets
        self.lookups = lookups

    def of_ticket(self, ticket_id: int, query: PageQuery) -> Page[ReaderRead]:
        """Returns the people who are named on the ticket, and if it is confidential, also those who may read every
        confidential ticket. Raises NotPermitted: who follows a ticket that is not confidential is for staff and the
        requester."""
        kind = f"readers {ticket_id}"
        rows = self.readers.of_ticket(ticket_id, _after(kind, query), query.limit + 1)
        # Checked after the people are read: whoever stops reading the ticket in between must not be told them.
        ticket = self.tickets.find(self.actor, ticket_id)
        if ticket is None:
            raise TicketNotFound(ticket_id)
        if not (ticket.is_confidential or self.actor.is_staff or ticket.requester_id == self.actor.person_id):
            raise NotPermitted("Only helpdesk staff and the requester see who follows a ticket.")
        items = [
            ReaderRead(id=row.id, name=row.name, because=[one for one in ReadsBecause if row._mapping[one]])
            for row in rows[: query.limit]
        ]
        return Page[ReaderRead](items=items, next_cursor=_next(kind, rows, query.limit))

    def of_everything(self, query: PageQuery) -> Page[PersonBrief]:
        """Returns the people who may read every confidential ticket."""
        kind = "confidential readers"
        rows = self.readers.of_everything(_after(kind, query), query.limit + 1)
        items = [PersonBrief(id=row.id, name=row.name) for row in rows[: query.limit]]
        return Page[PersonBrief](items=items, next_cursor=_next(kind, rows, query.limit))

    def add_follower(self, ticket_id: int, person_id: int) -> None:
        """Makes somebody a follower, who may then read the ticket even if it is confidential. Raises NotPermitted, and
        InvalidInput for an unknown person."""
        ticket = self._locked(ticket_id)
        person = self.lookups.person(person_id, "person_id", at="path")
        if self.tickets.follow(person.id, ticket_id):
            self._record(ticket, None, ToldPerson(person.id))

    def remove_follower(self, ticket_id: int, person_id: int) -> None:
        """Ends that somebody follows the ticket. Raises NotPermitted."""
        ticket = self._locked(ticket_id)
        if self.tickets.unfollow(person_id, ticket_id):
            self._record(ticket, ToldPerson(person_id), None)

    def _locked(self, ticket_id: int) -> Ticket:
        """Returns the ticket, locked: if it becomes confidential at this moment, nobody who could read it only before
        adds a follower. Raises NotPermitted."""
        ticket = self.tickets.lock(self.actor, ticket_id)
        if ticket is None:
            raise TicketNotFound(ticket_id)
        if not self.actor.is_staff:
            raise NotPermitted("Only helpdesk staff choose who else follows a ticket.")
        return ticket

    def _record(self, ticket: Ticket, before: ToldPerson | None, now: ToldPerson | None) -> None:
        """Adds a line to the history. The ticket counts as modified, so that its readers are told live, and among them
        whoever may read it only now."""
        ticket.modified_at = datetime.now(UTC)
        self.tickets.record(ticket.id, EventKind.FOLLOWER, before, now, self.actor, ticket.modified_at)


def _after(kind: str, query: PageQuery) -> int:
    return int(read_cursor(kind, query.cursor, (int,))[0]) if query.cursor else 0


def _next(kind: str, rows: Sequence[Any], limit: int) -> str | None:
    return write_cursor(kind, [rows[limit - 1].id]) if len(rows) > limit else None
