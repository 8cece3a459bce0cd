"""Messages under a ticket and what follows from them: whose turn it is, and the first response."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from contracts.messages import MOST_MENTIONS, MessageAuthor, MessageCreate, MessageQuery, MessageRead, MessageSort
from contracts.pages import Page
from contracts.people import PersonBrief, Role
from contracts.tickets import WaitsFor
from data_api.access.actor import Actor
from data_api.access.permissions import STAFF_ROLES
from data_api.files.repository import attachments_read
from data_api.kit.errors import NotFound
from data_api.kit.paging import read_cursor, write_cursor
from data_api.mentions.repository import people_read
from data_api.mentions.service import MentionService
from data_api.messages.repository import MessageRepository
from data_api.models import Message, Ticket
from data_api.tickets.errors import TicketAlreadyClosed, TicketNotFound
from data_api.tickets.reactions import Answered, Reactions, standing_of
from data_api.tickets.repository import TicketRepository, facts_of
from data_api.tickets.rules import may_answer, speaks_for_desk
from service_kit.errors import InvalidInput, NotPermitted


def message_read(message: Message, author_name: str, files: Any, mentions: Sequence[PersonBrief] = ()) -> MessageRead:
    """`files` are its attachments as the query returns them."""
    return MessageRead(
        id=message.id,
        ticket_id=message.ticket_id,
        author=MessageAuthor(
            id=message.author_id,
            name=author_name,
            role=Role(message.author_role),
            is_staff=message.author_role in STAFF_ROLES,
        ),
        body=message.body,
        is_internal=message.is_internal,
        reply_to=message.reply_to_id,
        created_at=message.created_at,
        attachments=attachments_read(files),
        mentions=list(mentions),
    )


class MessageService:
    def __init__(
        self,
        actor: Actor,
        messages: MessageRepository,
        tickets: TicketRepository,
        reactions: Reactions,
        mentions: MentionService,
    ) -> None:
        self.actor = actor
        self.messages = messages
        self.tickets = tickets
        self.reactions = reactions
        self.mentions = mentions

    def thread(self, ticket_id: int, query: MessageQuery) -> Page[MessageRead]:
        kind = f"messages {ticket_id} {query.sort}"
        after = read_cursor(kind, query.cursor, (datetime, int)) if query.cursor else []
        latest_first = query.sort is MessageSort.LATEST_FIRST
        rows = self.messages.page(self.actor, ticket_id, after, query.limit, latest_first=latest_first)
        # Checked after the messages are read: if the ticket becomes confidential in between, messages written after
        # that must not be shown.
        if not self.tickets.is_readable(self.actor, ticket_id):
            raise TicketNotFound(ticket_id)
        shown = rows[: query.limit]
        last = shown[-1][0] if len(rows) > query.limit else None
        return Page[MessageRead](
            items=[message_read(one, name, files, people_read(mentions)) for one, name, files, mentions in shown],
            next_cursor=write_cursor(kind, [last.created_at, last.id]) if last else None,
        )

    def mark_read(self, ticket_id: int, message_id: int | None) -> None:
        """Marks messages as seen up to this one, or all of them if none is named. What was seen once stays seen."""
        at = self.tickets.last_said(self.actor, ticket_id)
        if at is None:
            raise TicketNotFound(ticket_id)
        if message_id is not None:
            message = self.messages.find(self.actor, ticket_id, message_id)
            if message is None:
                raise InvalidInput.in_field("query.message", f"there is no message {message_id} under this ticket")
            at = message.created_at
        self.tickets.mark_read(self.actor, ticket_id, at)

    def say(self, ticket_id: int, new: MessageCreate) -> MessageRead:
        """Adds a message. Locks the ticket first, so that messages and moves of one ticket happen one after the
        other."""
        ticket = self.tickets.lock(self.actor, ticket_id)
        if ticket is None:
            raise TicketNotFound(ticket_id)
        if new.is_internal and not self.actor.is_staff:
            raise NotPermitted("Only helpdesk staff write internal notes.")
        if not new.is_internal and not may_answer(facts_of(ticket)):
            raise TicketAlreadyClosed(ticket_id)
        self._note_canned_reply(new.canned_reply_id)
        mentioned = self._mentioned(ticket, new)
        for_desk = speaks_for_desk(self.actor, facts_of(ticket))
        message = self.messages.add(
            {
                "ticket_id": ticket_id,
                "author_id": self.actor.person_id,
                "author_role": self.actor.role_spoken_in(for_desk=for_desk or new.is_internal),
                "body": new.body,
                "is_internal": new.is_internal,
                "reply_to_id": self._thread_start(ticket_id, new),
                "created_at": datetime.now(UTC),
            }
        )
        self.messages.claim(self.actor, message, new.attachments)
        self.mentions.add(ticket, message, mentioned)
        if not new.is_internal:
            self._follow_up(ticket, message, for_desk=for_desk)
        files = self.messages.files_of(message.id) if new.attachments else None
        return message_read(message, self.actor.name, files, mentioned)

    def said(self, ticket_id: int, message_id: int) -> MessageRead:
        """Returns a message that the actor wrote. Raises `TicketNotFound` or `NotFound` if they may not read it now."""
        message = self.messages.find(self.actor, ticket_id, message_id)
        if not self.tickets.is_readable(self.actor, ticket_id):
            raise TicketNotFound(ticket_id)
        if message is None:
            raise NotFound(f"There is no message {message_id} under ticket {ticket_id} that you may read.")
        files, mentioned = self.messages.files_of(message.id), self.mentions.of_message(message.id)
        return message_read(message, self.actor.name, files, mentioned)

    def _note_canned_reply(self, reply_id: int | None) -> None:
        if reply_id is None:
            return
        if not self.actor.is_staff:
            raise NotPermitted("Only helpdesk staff use canned replies.")
        if not self.messages.note_canned_reply(reply_id, datetime.now(UTC)):
            raise InvalidInput.in_field("body.canned_reply_id", f"there is no canned reply {reply_id}")

    def _mentioned(self, ticket: Ticket, new: MessageCreate) -> list[PersonBrief]:
        """Returns who was chosen, and who is named in the text without doubt."""
        chosen = self.mentions.checked(ticket, new.mentions, is_internal=new.is_internal)
        typed = self.mentions.recognised(ticket, new.body, chosen, is_internal=new.is_internal)
        return [*chosen, *typed.people][:MOST_MENTIONS]

    def _thread_start(self, ticket_id: int, new: MessageCreate) -> int | None:
        """Returns the id of the message that began the thread, also for an answer to an answer: threads are one level
        deep."""
        if new.reply_to is None:
            return None
        answered = self.messages.find(self.actor, ticket_id, new.reply_to)
        if answered is None:
            raise InvalidInput.in_field("body.reply_to", f"there is no message {new.reply_to} under this ticket")
        if answered.is_internal and not new.is_internal:
            raise InvalidInput.in_field("body.reply_to", "a public message cannot answer an internal note")
        return answered.reply_to_id or answered.id

    def _follow_up(self, ticket: Ticket, message: Message, *, for_desk: bool) -> None:
        """Updates the ticket after a public message. Its version stays the same, because a message is not an edit:
        somebody who edits the ticket at this moment must not be refused."""
        ticket.last_message_at = ticket.modified_at = message.created_at
        ticket.last_message_author_id = message.author_id
        ticket.waits_for = WaitsFor.REQUESTER if for_desk else WaitsFor.DESK
        if for_desk and ticket.first_response_at is None:
            ticket.first_response_at = message.created_at
        before, at = standing_of(ticket), message.created_at
        self.reactions.answered(Answered(actor=self.actor, ticket=ticket, at=at, message=message))
        self.reactions.moved_since(before, actor=self.actor, ticket=ticket, at=at)
