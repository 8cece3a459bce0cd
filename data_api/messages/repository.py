"""Queries on messages. Internal notes exist for staff only, in every one of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, true
from sqlalchemy.orm import Session

from data_api.auth import Actor
from data_api.models import Message, Person
from data_api.paging import after

ADD = insert(Message).returning(Message.id)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Which messages of a readable ticket this person sees."""
    return true() if actor.is_staff else Message.is_internal.is_(False)


class MessageRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def page(
        self, actor: Actor, ticket_id: int, values: Sequence[Any] | None, limit: int, *, latest_first: bool
    ) -> Sequence[Row[Message, str]]:
        """One more than the limit, where there is one. The caller checks whether the ticket is readable."""
        thread = (
            select(Message, Person.name)
            .join(Person, Person.id == Message.author_id)
            .where(Message.ticket_id == ticket_id, visible_to(actor))
        )
        columns = (Message.created_at, Message.id)
        return self.session.execute(after(thread, columns, values, descending=latest_first).limit(limit + 1)).all()

    def find(self, actor: Actor, ticket_id: int, message_id: int) -> Message | None:
        return self.session.scalar(
            select(Message).where(Message.id == message_id, Message.ticket_id == ticket_id, visible_to(actor))
        )

    def add(self, values: dict[str, Any]) -> Message:
        """A copy: nothing that is done to it is stored."""
        return Message(id=self.session.connection().scalars(ADD, values).one(), **values)
