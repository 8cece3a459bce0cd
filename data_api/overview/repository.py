"""Counts and the latest lines, of what the asking person may read and has happened."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, select
from sqlalchemy.orm import Session

from data_api.access.actor import Actor
from data_api.access.reading import Reads, hidden_from, readable_by
from data_api.kit.moments import has_happened, now
from data_api.models import Message, Person, Ticket, TicketEvent
from data_api.tickets.rows import FROM_VALUE, ROWS, TO_VALUE, EventRow, with_people

SHOWN_KINDS = ("opened", "status", "assignee", "priority", "category")


class OverviewRepository:
    def __init__(self, session: Session, actor: Actor) -> None:
        self.session = session
        self.actor = actor
        self.asked = {"me": actor.person_id} | now()

    def counts(self) -> Row[*tuple[int, ...]]:
        """Of what is not closed: all, open, waiting for anyone, waiting for the desk, assigned to someone."""
        return self.session.connection().execute(_counts(self.actor.reads), self.asked).one()

    def closed_since(self, moment: datetime) -> int:
        asked = self.asked | {"moment": moment}
        return self.session.connection().scalar(_closed_since(self.actor.reads), asked) or 0

    def latest_events(self, limit: int) -> Sequence[tuple[EventRow, str]]:
        """Each with its ticket's title."""
        statement = _latest_events(self.actor.reads)
        found = self.session.connection().execute(statement, self.asked | {"rows": limit})
        return [(EventRow(*event), title) for *event, title in found]

    def latest_messages(self, limit: int) -> Sequence[Row[Message, str, str]]:
        statement = _latest_messages(self.actor.reads)
        return self.session.execute(statement, self.asked | {"rows": limit}).all()


def _is_counted(reads: Reads) -> ColumnElement[bool]:
    """The reading rule, where it can be as the few that are hidden: the rest is counted in the index alone."""
    hidden = hidden_from(reads)
    return readable_by(reads) if hidden is None else Ticket.id.not_in(hidden)


@cache
def _counts(reads: Reads) -> Select[*tuple[int, ...]]:
    """In one walk of the index that holds just that; the few that are dated ahead have an index of their own.
    Comparing texts is what takes time: each is compared once."""
    ahead = select(Ticket.id).where(Ticket.status != "closed", ~has_happened(Ticket.opened_at))
    return select(
        func.count().label("live"),
        func.count().filter(Ticket.status == "open").label("open"),
        func.count(Ticket.waits_for).label("waiting"),
        func.count().filter(Ticket.waits_for == "desk").label("waits_for_desk"),
        func.count(Ticket.assignee_id).label("assigned"),
    ).where(Ticket.status != "closed", Ticket.id.not_in(ahead), _is_counted(reads))


@cache
def _closed_since(reads: Reads) -> Select[int]:
    moment = bindparam("moment", type_=Ticket.closed_at.type)
    return select(func.count()).where(Ticket.closed_at >= moment, has_happened(Ticket.closed_at), _is_counted(reads))


@cache
def _latest_events(reads: Reads) -> Select[*tuple[Any, ...]]:
    """As `EventRow`, and the title."""
    shown = select(
        TicketEvent.id,
        TicketEvent.ticket_id,
        TicketEvent.kind,
        FROM_VALUE,
        TO_VALUE,
        TicketEvent.actor_id,
        Person.name,
        TicketEvent.occurred_at,
        Ticket.title,
    ).join(Ticket, Ticket.id == TicketEvent.ticket_id)
    return (
        with_people(shown)
        .where(TicketEvent.kind.in_(SHOWN_KINDS), has_happened(TicketEvent.occurred_at), readable_by(reads))
        .order_by(TicketEvent.occurred_at.desc(), TicketEvent.id.desc())
        .limit(ROWS)
    )


@cache
def _latest_messages(reads: Reads) -> Select[Message, str, str]:
    """For staff, who see internal notes too."""
    return (
        select(Message, Person.name, Ticket.title)
        .join(Ticket, Ticket.id == Message.ticket_id)
        .join(Person, Person.id == Message.author_id)
        .where(has_happened(Message.created_at), readable_by(reads))
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(ROWS)
    )
