"""What can be done with the files of tickets. Never commits: the request's session does."""

from datetime import UTC, datetime

from contracts.attachments import AttachmentRead
from contracts.tickets import EventKind
from data_api.access.actor import Actor
from data_api.attachments.errors import AttachmentNotFound, NoThumbnail, TooManyAttachments
from data_api.attachments.repository import AttachmentRepository, Found
from data_api.files.storage import Storage
from data_api.files.uploads import Kept
from data_api.kit.errors import ChangedMeanwhile
from data_api.models import Ticket
from data_api.tickets.errors import TicketAlreadyClosed, TicketNotFound
from data_api.tickets.repository import TicketRepository, facts_of
from data_api.tickets.rules import may_answer
from service_kit.errors import NotPermitted

MOST_OF_A_TICKET = 50  # every answer with the ticket lists them
MOST_DRAFTS = 100


class AttachmentService:
    """The rules of attachments for one actor. Raises `AttachmentNotFound` for a file that the actor may not read."""

    def __init__(
        self, actor: Actor, attachments: AttachmentRepository, tickets: TicketRepository, storage: Storage
    ) -> None:
        self.actor = actor
        self.attachments = attachments
        self.tickets = tickets
        self.storage = storage

    def find(self, attachment_id: int) -> Found:
        found = self.attachments.find(self.actor, attachment_id)
        if found is None:
            raise AttachmentNotFound(attachment_id)
        return found

    def read(self, attachment_id: int) -> AttachmentRead:
        return self.find(attachment_id).read

    def thumbnail(self, attachment_id: int) -> str:
        """Returns the hash of the small picture. Raises NoThumbnail."""
        name = self.find(attachment_id).thumbnail_hash
        if name is None:
            raise NoThumbnail(attachment_id)
        return name

    def check_attachable(self, ticket_id: int) -> None:
        """Refuses early what `attach` would refuse, before the file has arrived. Raises TicketNotFound,
        TicketAlreadyClosed."""
        row = self.tickets.find(self.actor, ticket_id)
        if row is None:
            raise TicketNotFound(ticket_id)
        if not may_answer(facts_of(row)):
            raise TicketAlreadyClosed(ticket_id)

    def add_draft(self, kept: Kept) -> AttachmentRead:
        """Adds a file that no report or message uses yet. A person whom everybody of a role shares has no limit."""
        if not self.actor.is_shared and self.attachments.count_drafts(self.actor.person_id) >= MOST_DRAFTS:
            raise TooManyAttachments(f"You have {MOST_DRAFTS} files that you have not used yet. Delete some of them.")
        self._hold(kept)
        return self.attachments.add(self.actor, kept, None)

    def attach(self, ticket_id: int, kept: Kept) -> AttachmentRead:
        """Adds a file to the ticket itself; the ticket's history tells it."""
        self._hold(kept)
        ticket = self._locked(ticket_id)
        if not may_answer(facts_of(ticket)):
            raise TicketAlreadyClosed(ticket_id)
        if self.attachments.count_of_ticket(ticket_id) >= MOST_OF_A_TICKET:
            raise TooManyAttachments(f"Ticket {ticket_id} has {MOST_OF_A_TICKET} files, and can have no more.")
        added = self.attachments.add(self.actor, kept, ticket_id)
        self._record(ticket, None, added.name)
        return added

    def delete(self, attachment_id: int) -> None:
        """Deletes a draft of the actor, or, for staff, a file of a ticket. The content is deleted by the sweep."""
        found = self.find(attachment_id)
        if found.read.ticket_id is not None:
            if not self.actor.is_staff:
                raise NotPermitted("Only helpdesk staff delete files of a ticket.")
            ticket = self._locked(found.read.ticket_id)
            # Requesters read the history, and must not learn that an internal note had a file. For those the change
            # feed alone says who deleted them.
            if not found.is_internal:
                self._record(ticket, found.read.name, None)
        if not self.attachments.delete(attachment_id, found.read.ticket_id):
            self.find(attachment_id)
            raise ChangedMeanwhile

    def _hold(self, kept: Kept) -> None:
        """Makes sure that the content stays until the transaction ends: the sweep may have deleted it since it was
        kept. Comes before the ticket is locked, because a bucket may take a moment to answer. Raises
        ChangedMeanwhile."""
        hashes = [name for name in (kept.content_hash, kept.thumbnail_hash) if name]
        self.attachments.lock_content(*hashes)
        if not all(self.storage.has(name) for name in hashes):
            raise ChangedMeanwhile

    def _locked(self, ticket_id: int) -> Ticket:
        ticket = self.tickets.lock(self.actor, ticket_id)
        if ticket is None:
            raise TicketNotFound(ticket_id)
        return ticket

    def _record(self, ticket: Ticket, before: str | None, now: str | None) -> None:
        ticket.modified_at = datetime.now(UTC)
        self.tickets.record(ticket.id, EventKind.ATTACHMENT, before, now, self.actor, ticket.modified_at)
