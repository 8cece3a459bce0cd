"""Queries on messages. All of them find internal notes for staff only."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Row, Select, bindparam, insert, select
from sqlalchemy.orm import Session

from data_api.access.actor import Actor
from data_api.access.reading import visible
from data_api.canned_replies.repository import note_use
from data_api.files.repository import attachments_where, claim_drafts
from data_api.kit.paging import in_order_of_time, position
from data_api.mentions.repository import people_in
from data_api.models import Attachment, Message, Person
from data_api.tickets.rows import ROWS

ADD = insert(Message).returning(Message.id)
THREAD = bindparam("ticket_id", type_=BigInteger)
# The files of each message, beside it in the same row.
FILES = attachments_where(Attachment.message_id == Message.id)
FILES_OF_ONE = select(attachments_where(Attachment.message_id == bindparam("message_id", type_=BigInteger)))


class MessageRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def page(
        self, actor: Actor, ticket_id: int, after: Sequence[Any], limit: int, *, latest_first: bool
    ) -> Sequence[Row[Message, str, Any, Any]]:
        """Returns up to limit + 1 messages, each with its author's name, its files and whom it mentions; the extra one
        shows that there is a next page. `after` holds the sort values of the last message that was shown. The caller
        checks whether the ticket is readable."""
        statement = _thread(is_staff=actor.is_staff, latest_first=latest_first, goes_on=bool(after))
        asked = {"ticket_id": ticket_id, "rows": limit + 1}
        return self.session.execute(statement, asked | position(after)).all()

    def find(self, actor: Actor, ticket_id: int, message_id: int) -> Message | None:
        return self.session.scalar(
            select(Message).where(
                Message.id == message_id, Message.ticket_id == ticket_id, visible(is_staff=actor.is_staff)
            )
        )

    def files_of(self, message_id: int) -> Any:
        return self.session.connection().scalar(FILES_OF_ONE, {"message_id": message_id})

    def claim(self, actor: Actor, message: Message, ids: Sequence[int]) -> None:
        """Makes drafts of the actor files of the message. Raises InvalidInput."""
        claim_drafts(self.session, actor.person_id, ids, message.ticket_id, message.id)

    def note_canned_reply(self, reply_id: int, at: datetime) -> bool:
        """Counts a use of the reply. Returns False if there is no such reply."""
        return note_use(self.session, reply_id, at)

    def add(self, values: dict[str, Any]) -> Message:
        """Stores a message and returns a copy that the session does not track: changes to the copy are not stored."""
        return Message(id=self.session.connection().scalars(ADD, values).one(), **values)


@cache
def _thread(*, is_staff: bool, latest_first: bool, goes_on: bool) -> Select[Message, str, Any, Any]:
    thread = (
        select(Message, Person.name, FILES, people_in(Message.id))
        .join(Person, Person.id == Message.author_id)
        .where(visible(is_staff=is_staff))
    )
    whose = Message.ticket_id == THREAD
    page = in_order_of_time(thread, Message.created_at, Message.id, whose, descending=latest_first, goes_on=goes_on)
    return page.limit(ROWS)
