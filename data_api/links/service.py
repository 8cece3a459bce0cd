"""The rules of links between tickets."""

from collections.abc import Sequence
from datetime import UTC, datetime

from contracts.links import MOST_LINKS, Link, LinkedTicket, LinkKind, LinkRead
from contracts.pages import Page
from contracts.tickets import EventKind, Status
from data_api.access.actor import Actor
from data_api.links.cycles import shortest_way, steps_between
from data_api.links.errors import CircularLink, LinkNotFound, TooManyLinks
from data_api.links.repository import FoundLink, LinkRepository, StoredLink
from data_api.models import Ticket
from data_api.tickets.errors import TicketNotFound
from data_api.tickets.reactions import Changed, Reactions
from data_api.tickets.repository import TicketRepository
from service_kit.errors import InvalidInput, NotPermitted

# How many links are looked through for a circle, while others wait.
MOST_BEHIND = 10_000
SEEN_FROM_OTHER = {
    LinkKind.RELATES_TO: LinkKind.RELATES_TO,
    LinkKind.DUPLICATES: LinkKind.DUPLICATED_BY,
    LinkKind.BLOCKS: LinkKind.BLOCKED_BY,
    LinkKind.DUPLICATED_BY: LinkKind.DUPLICATES,
    LinkKind.BLOCKED_BY: LinkKind.BLOCKS,
}
LINKS = frozenset({"links"})


class LinkService:
    """Raises `TicketNotFound` for a ticket that the actor may not read."""

    def __init__(self, actor: Actor, links: LinkRepository, tickets: TicketRepository, reactions: Reactions) -> None:
        self.actor = actor
        self.links = links
        self.tickets = tickets
        self.reactions = reactions

    def of_ticket(self, ticket_id: int) -> Page[LinkRead]:
        """Returns the ticket's links to tickets that the actor may read, the latest first, all in one page."""
        links = [link_read(row) for row in self.links.of_ticket(self.actor, ticket_id)]
        # Checked after the links are read: whoever stops reading the ticket in between must not be told them.
        if not self.tickets.is_readable(self.actor, ticket_id):
            raise TicketNotFound(ticket_id)
        return Page[LinkRead](items=links, next_cursor=None)

    def titles(self, ticket_ids: Sequence[int]) -> list[LinkedTicket]:
        """Returns those of the tickets that the actor may read, by number."""
        rows = self.links.titles(self.actor, ticket_ids) if ticket_ids else []
        return [LinkedTicket(id=row.id, title=row.title, status=Status(row.status)) for row in rows]

    def read(self, ticket_id: int, link: Link) -> LinkRead:
        """Raises LinkNotFound."""
        for one in self.of_ticket(ticket_id).items:
            if one.kind is link.kind and one.ticket.id == link.ticket:
                return one
        raise LinkNotFound(ticket_id)

    def add(self, ticket_id: int, link: Link) -> LinkRead:
        """Links two tickets, and tells it in the history of both. A link that is there stays as it is. Raises
        NotPermitted, InvalidInput, CircularLink, TooManyLinks."""
        self._check_permitted(ticket_id)
        if link.ticket == ticket_id:
            raise InvalidInput.in_field("body.ticket", "a ticket cannot be linked to itself")
        wanted = stored(ticket_id, link)
        if wanted.kind == LinkKind.BLOCKS:
            self.links.hold_blocks()
        here, other = self._locked(ticket_id, link.ticket)
        if not self.links.has(wanted):
            self._check_number(ticket_id, link.ticket)
            self._check_no_circle(wanted)
            self.links.add(wanted, {here.id: here.is_confidential, other.id: other.is_confidential})
            self._tell(here, other, None, link.kind)
        return self.read(ticket_id, link)

    def remove(self, ticket_id: int, link: Link) -> None:
        """Removes a link, and tells it in the history of both tickets. Does nothing where the actor sees no such link.
        Raises NotPermitted."""
        self._check_permitted(ticket_id)
        tickets = self.tickets.lock_each(self.actor, [ticket_id, link.ticket])
        is_readable = {ticket_id, link.ticket} == tickets.keys()
        if is_readable and self.links.remove(stored(ticket_id, link)):
            self._tell(tickets[ticket_id], tickets[link.ticket], link.kind, None)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _check_permitted(self, ticket_id: int) -> None:
        if not self.tickets.is_readable(self.actor, ticket_id):
            raise TicketNotFound(ticket_id)
        if not self.actor.is_staff:
            raise NotPermitted("Only helpdesk staff link tickets.")

    def _locked(self, ticket_id: int, other_id: int) -> tuple[Ticket, Ticket]:
        """Returns both tickets, locked, so that neither is closed, deleted or made confidential at this moment."""
        tickets = self.tickets.lock_each(self.actor, [ticket_id, other_id])
        if ticket_id not in tickets:
            raise TicketNotFound(ticket_id)
        if other_id not in tickets:
            raise InvalidInput.in_field("body.ticket", f"there is no ticket {other_id} that you may read")
        return tickets[ticket_id], tickets[other_id]

    def _check_number(self, *ticket_ids: int) -> None:
        """Both tickets are locked, and so nobody else adds a link to one of them at this moment."""
        for ticket_id, count in self.links.count_of_each(ticket_ids).items():
            if count >= MOST_LINKS:
                raise TooManyLinks.of_ticket(ticket_id)

    def _check_no_circle(self, wanted: StoredLink) -> None:
        one, other, kind = wanted
        if kind == LinkKind.DUPLICATES and self.links.has(StoredLink(other, one, kind)):
            raise CircularLink.of_duplicates(one, other)
        if kind != LinkKind.BLOCKS:
            return
        found = self.links.behind(other, one, MOST_BEHIND)
        if way := shortest_way(found, other, one):
            raise CircularLink.of_blocks(one, other, steps_between(way, self.links.readable(self.actor, way)))
        if len(found) == MOST_BEHIND:
            raise TooManyLinks.behind(other)

    def _tell(self, here: Ticket, other: Ticket, before: LinkKind | None, now: LinkKind | None) -> None:
        """Adds a line to the history of both tickets. Neither gets another version or `modified_at`: these are seen by
        people who must not learn of the other ticket (ADR 70)."""
        at = datetime.now(UTC)
        self._tell_one(here, other.id, before, now, at)
        self._tell_one(other, here.id, before and SEEN_FROM_OTHER[before], now and SEEN_FROM_OTHER[now], at)

    def _tell_one(
        self, ticket: Ticket, other_id: int, before: LinkKind | None, now: LinkKind | None, at: datetime
    ) -> None:
        self.tickets.record(ticket.id, EventKind.LINK, before, now, self.actor, at, other_ticket_id=other_id)
        self.reactions.changed(Changed(actor=self.actor, ticket=ticket, at=at, named=LINKS, changed=LINKS))


def stored(ticket_id: int, link: Link) -> StoredLink:
    """Returns the link as it is stored: seen from the ticket that blocks or duplicates the other one; of two that
    relate to each other, from the one with the lower number."""
    ends = ticket_id, link.ticket
    if link.kind is LinkKind.RELATES_TO:
        return StoredLink(min(ends), max(ends), link.kind)
    if link.kind in (LinkKind.BLOCKED_BY, LinkKind.DUPLICATED_BY):
        return StoredLink(*ends[::-1], SEEN_FROM_OTHER[link.kind])
    return StoredLink(*ends, link.kind)


def link_read(row: FoundLink) -> LinkRead:
    kind = LinkKind(row.kind)
    return LinkRead(
        kind=SEEN_FROM_OTHER[kind] if row.is_other else kind,
        ticket=LinkedTicket(id=row.id, title=row.title, status=Status(row.status)),
        created_at=row.created_at,
    )
