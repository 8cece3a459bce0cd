"""Queries on what staff answered to similar closed tickets."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Row, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, distinct_on
from sqlalchemy.orm import Session

from contracts.tickets import Status
from data_api.access.actor import Actor
from data_api.access.permissions import STAFF_ROLES
from data_api.access.reading import Reads, readable_by
from data_api.kit.words import terms_of
from data_api.models import Message, Ticket

# The newest tickets of the category are compared: a longer history would cost more and say little else.
MOST_COMPARED = 500
LONGEST_ANSWER = 4_000
SHORTEST_WORD = 4


class Words(NamedTuple):
    """A closed ticket, and for each of the words whether it is there."""

    ticket_id: int
    has: Sequence[bool]


def _may_be_shown(reads: Reads) -> tuple[ColumnElement[bool], ...]:
    """What was said in confidence is offered to nobody, also to those who may read it."""
    return Ticket.status == Status.CLOSED, Ticket.is_confidential.is_(False), readable_by(reads)


class AnswerRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def words_of(self, title: str) -> list[str]:
        """Returns a tsquery for each word of the title."""
        return terms_of(self.session.connection(), title, shortest=SHORTEST_WORD)

    def compared(self, actor: Actor, ticket_id: int, category_id: int, terms: Sequence[str]) -> list[Words]:
        """Returns the newest closed tickets of the category that the actor may read, with the words that each has."""
        newest = (
            select(Ticket.id, Ticket.search)
            .where(Ticket.category_id == category_id, Ticket.id != ticket_id, *_may_be_shown(actor.reads))
            .order_by(Ticket.opened_at.desc(), Ticket.id.desc())
            .limit(MOST_COMPARED)
            .subquery()
        )
        has = [newest.c.search.bool_op("@@")(cast(term, TSQUERY)) for term in terms]
        rows = self.session.connection().execute(select(newest.c.id, *has), {"me": actor.person_id})
        return [Words(row[0], row[1:]) for row in rows]

    def answers(self, actor: Actor, ticket_ids: Sequence[int]) -> dict[int, Row[*tuple[Any, ...]]]:
        """Returns the last public message of staff under each of these tickets, as far as the actor may read them. One
        that has files alone is no answer."""
        said = (
            select(Ticket.id, Ticket.title, Message.body, Message.created_at)
            .join(Message, Message.ticket_id == Ticket.id)
            .ext(distinct_on(Ticket.id))
            .where(
                Ticket.id == func.any(bindparam("ids", type_=ARRAY(BigInteger))),
                *_may_be_shown(actor.reads),
                Message.is_internal.is_(False),
                Message.author_role.in_(STAFF_ROLES),
                func.length(Message.body).between(1, LONGEST_ANSWER),  # some are files alone
            )
            .order_by(Ticket.id, Message.created_at.desc(), Message.id.desc())
        )
        asked = {"ids": list(ticket_ids), "me": actor.person_id}
        return {row.id: row for row in self.session.connection().execute(said, asked)}
