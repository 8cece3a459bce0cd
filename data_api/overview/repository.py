"""Counts, and the latest events and messages, among what the person who asks may read and what is not in the future."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, select
from sqlalchemy.orm import Session

from contracts.people import Permission
from data_api.access.actor import Actor
from data_api.access.reading import Reads, hidden_from, readable_by
from data_api.access.roles import may
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
        """Counts the tickets that are not closed: all, open, waiting for anybody, waiting for the helpdesk, assigned to
        somebody."""
        return self.session.connection().execute(_counts(self.actor.reads), self.asked).one()

    def closed_since(self, moment: datetime) -> int:
        asked = self.asked | {"moment": moment}
        return self.session.connection().scalar(_closed_since(self.actor.reads), asked) or 0

    def workload(self, limit: int) -> Sequence[Row[Person, int, int]]:
        """Returns people with the numbers of their open and of their active tickets."""
        return self.session.execute(_workload(self.actor.reads), self.asked | {"rows": limit}).all()

    def latest_events(self, limit: int) -> Sequence[tuple[EventRow, str, bool]]:
        """Returns the latest events, each with its ticket's title and whether the ticket is confidential."""
        statement = _latest_events(self.actor.reads)
        found = self.session.connection().execute(statement, self.asked | {"rows": limit})
        return [(EventRow(*event), title, is_confidential) for *event, title, is_confidential in found]

    def latest_messages(self, limit: int) -> Sequence[Row[Message, str, str, bool]]:
        statement = _latest_messages(self.actor.reads)
        return self.session.execute(statement, self.asked | {"rows": limit}).all()


def _is_counted(reads: Reads) -> ColumnElement[bool]:
    """Returns the reading rule. Where only a few tickets are hidden, it excludes their ids, so that the others are
    counted in an index-only scan."""
    hidden = hidden_from(reads)
    return readable_by(reads) if hidden is None else Ticket.id.not_in(hidden)


@cache
def _counts(reads: Reads) -> Select[*tuple[int, ...]]:
    """Counts in one scan of the index that holds just these columns. The few tickets dated in the future are found in
    another index. Comparing texts takes most of the time, so each text is compared only once."""
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
def _workload(reads: Reads) -> Select[*tuple[Any, ...]]:
    """Counts in the index that serves `_counts`, person by person. Whoever has no ticket is found by their roles."""
    ahead = select(Ticket.id).where(Ticket.status != "closed", ~has_happened(Ticket.opened_at))
    counted = (
        select(
            Ticket.assignee_id,
            func.count().filter(Ticket.status == "open").label("open"),
            func.count().filter(Ticket.status == "active").label("active"),
        )
        .where(
            Ticket.status != "closed",
            Ticket.assignee_id.is_not(None),
            Ticket.id.not_in(ahead),
            _is_counted(reads),
        )
        .group_by(Ticket.assignee_id)
        .cte("counted")
    )
    works = select(Person.id).where(may(Permission.TICKETS_WORK), Person.deactivated_at.is_(None))
    numbers = [func.coalesce(number, 0) for number in (counted.c.open, counted.c.active)]
    total = numbers[0] + numbers[1]
    return (
        select(Person, *numbers)
        .outerjoin(counted, counted.c.assignee_id == Person.id)
        .where(Person.id.in_(works.union_all(select(counted.c.assignee_id))))
        .order_by(func.coalesce(total > Person.capacity, False).desc(), total.desc(), Person.name, Person.id)
        .limit(ROWS)
    )


@cache
def _latest_events(reads: Reads) -> Select[*tuple[Any, ...]]:
    """Selects the columns of `EventRow`, the ticket's title, and whether the ticket is confidential."""
    shown = select(
        TicketEvent.id,
        TicketEvent.ticket_id,
        TicketEvent.kind,
        FROM_VALUE,
        TO_VALUE,
        TicketEvent.actor_id,
        Person.name,
        TicketEvent.occurred_at,
        TicketEvent.reason,
        Ticket.title,
        Ticket.is_confidential,
    ).join(Ticket, Ticket.id == TicketEvent.ticket_id)
    return (
        with_people(shown)
        .where(TicketEvent.kind.in_(SHOWN_KINDS), has_happened(TicketEvent.occurred_at), readable_by(reads))
        .order_by(TicketEvent.occurred_at.desc(), TicketEvent.id.desc())
        .limit(ROWS)
    )


@cache
def _latest_messages(reads: Reads) -> Select[Message, str, str, bool]:
    """Only staff ask for this, so internal notes are included."""
    return (
        select(Message, Person.name, Ticket.title, Ticket.is_confidential)
        .join(Ticket, Ticket.id == Message.ticket_id)
        .join(Person, Person.id == Message.author_id)
        .where(has_happened(Message.created_at), readable_by(reads))
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(ROWS)
    )
