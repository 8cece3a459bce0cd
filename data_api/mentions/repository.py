"""Queries on mentions. All find only those of messages that the mentioned person may read now."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Row,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    String,
    bindparam,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from contracts.mentions import MentionQuery
from contracts.people import PersonBrief
from data_api.access.actor import Actor
from data_api.access.reading import ME, Reads, readable_by, visible
from data_api.kit.paging import in_order, position
from data_api.models import Message, MessageMention, Person, Ticket

# How many unseen ones are counted, and how much of a message is read.
MOST_COUNTED = 100
LETTERS = 400
_Mentioned = aliased(Person)
_OF_TICKET = select(Message.id).where(Message.ticket_id == bindparam("ticket_id", type_=BigInteger))
SEE = (
    update(MessageMention)
    .where(MessageMention.person_id == ME, MessageMention.seen_at.is_(None), MessageMention.message_id.in_(_OF_TICKET))
    .values(seen_at=func.now())
)


def people_in(message_id: SQLColumnExpression[int]) -> ScalarSelect[Any]:
    """Returns a subquery for the people whom a message mentions, as JSON; null if there are none."""
    one = func.json_build_object(literal("id", String), _Mentioned.id, literal("name", String), _Mentioned.name)
    found = select(func.json_agg(aggregate_order_by(one, MessageMention.id)))
    found = found.join_from(MessageMention, _Mentioned, _Mentioned.id == MessageMention.person_id)
    return found.where(MessageMention.message_id == message_id).scalar_subquery()


OF_ONE = select(people_in(bindparam("message_id", type_=BigInteger)))


def people_read(found: Iterable[dict[str, Any]] | None) -> list[PersonBrief]:
    return [PersonBrief.model_validate(each) for each in found or ()]


@cache
def count_of_unseen(reads: Reads, *, is_staff: bool) -> ScalarSelect[int]:
    """Returns a subquery that counts the unseen mentions of the person `me`, up to MOST_COUNTED."""
    unseen = _mine(select(MessageMention.id), reads, is_staff=is_staff).where(MessageMention.seen_at.is_(None))
    return select(func.count()).select_from(unseen.limit(MOST_COUNTED).subquery()).scalar_subquery()


def _mine(query: Select[Any], reads: Reads, *, is_staff: bool) -> Select[Any]:
    return (
        query.join_from(MessageMention, Message, Message.id == MessageMention.message_id)
        .join(Ticket, Ticket.id == Message.ticket_id)
        .where(MessageMention.person_id == ME, visible(is_staff=is_staff), readable_by(reads))
    )


class MentionRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def page(self, actor: Actor, query: MentionQuery, after: Sequence[Any]) -> Sequence[Row[Any]]:
        """Returns up to limit + 1 mentions of the actor, the latest first; the extra one shows that there is a next
        page."""
        shown = select(
            MessageMention.id,
            Ticket.id.label("ticket_id"),
            Ticket.title.label("ticket_title"),
            Message.id.label("message_id"),
            Message.author_id,
            Person.name.label("author_name"),
            func.left(Message.body, LETTERS).label("body"),
            Message.is_internal,
            Message.created_at,
            MessageMention.seen_at,
        )
        found = _mine(shown, actor.reads, is_staff=actor.is_staff).join(Person, Person.id == Message.author_id)
        if query.unseen:
            found = found.where(MessageMention.seen_at.is_(None))
        found = in_order(found, (MessageMention.id,), descending=True, goes_on=bool(after)).limit(query.limit + 1)
        return self.session.connection().execute(found, {"me": actor.person_id} | position(after)).all()

    def of_message(self, message_id: int) -> Any:
        return self.session.connection().scalar(OF_ONE, {"message_id": message_id})

    # -- writing ----------------------------------------------------------------------------------------------------

    def add(self, message_id: int, people: Iterable[int]) -> None:
        rows = [{"message_id": message_id, "person_id": person_id} for person_id in people]
        self.session.connection().execute(insert(MessageMention), rows)

    def see(self, person_id: int, ticket_id: int) -> None:
        self.session.connection().execute(SEE, {"me": person_id, "ticket_id": ticket_id})
