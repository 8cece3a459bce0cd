"""Counts, and the latest events and messages, among what the person who asks may read and what is not in the future."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select, true
from sqlalchemy.orm import Session

from contracts.people import Permission
from contracts.tickets import Status
from data_api.access.actor import Actor
from data_api.access.reading import Reads, hidden_from, readable_by
from data_api.access.roles import may
from data_api.kit.moments import has_happened, now
from data_api.messages.repository import FILES
from data_api.models import Message, Person, Ticket, TicketEvent
from data_api.tickets.fields import LIVE
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

    def latest_messages(self, limit: int) -> Sequence[Row[Message, str, Any, str, bool]]:
        statement = _latest_messages(self.actor.reads)
        return self.session.execute(statement, self.asked | {"rows": limit}).all()


IS_LIVE = Ticket.status != Status.CLOSED
# The few tickets dated in the future are found in an index.
AHEAD = select(Ticket.id).where(IS_LIVE, ~has_happened(Ticket.opened_at))


@cache
def _counts(reads: Reads) -> Select[*tuple[int, ...]]:
    """Counts all tickets in one scan of the index that holds just these columns, and takes away the few that do not
    count: to look for each ticket whether it is one of those would take as long as counting it."""
    hidden = hidden_from(reads, LIVE)
    if hidden is None and reads is not Reads.EVERYTHING:
        return _numbers().where(IS_LIVE, has_happened(Ticket.opened_at), readable_by(reads, LIVE))
    left_out = AHEAD if hidden is None else AHEAD.union(hidden)
    every = _numbers().where(IS_LIVE).subquery("every")
    others = _numbers().where(IS_LIVE, Ticket.id.in_(left_out)).subquery("others")
    counted = select(*((number - others.c[name]).label(name) for name, number in every.c.items()))
    return counted.select_from(every.join(others, true()))


def _numbers() -> Select[*tuple[int, ...]]:
    """Comparing texts takes most of the time, so each text is compared only once."""
    return select(
        func.count().label("live"),
        func.count().filter(Ticket.status == "open").label("open"),
        func.count(Ticket.waits_for).label("waiting"),
        func.count().filter(Ticket.waits_for == "desk").label("waits_for_desk"),
        func.count(Ticket.assignee_id).label("assigned"),
    )


@cache
def _closed_since(reads: Reads) -> Select[int]:
    moment = bindparam("moment", type_=Ticket.closed_at.type)
    return select(func.count()).where(Ticket.closed_at >= moment, has_happened(Ticket.closed_at), readable_by(reads))


@cache
def _workload(reads: Reads) -> Select[*tuple[Any, ...]]:
    """Counts in the index that serves `_counts`, person by person. Whoever has no ticket is found by their roles."""
    hidden = hidden_from(reads, LIVE)
    is_readable = readable_by(reads, LIVE) if hidden is None else Ticket.id.not_in(hidden)
    counted = (
        select(
            Ticket.assignee_id,
            func.count().filter(Ticket.status == "open").label("open"),
            func.count().filter(Ticket.status == "active").label("active"),
        )
        .where(
            IS_LIVE,
            Ticket.assignee_id.is_not(None),
            Ticket.id.not_in(AHEAD),
            is_readable,
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
def _latest_messages(reads: Reads) -> Select[Message, str, Any, str, bool]:
    """Only staff ask for this, so internal notes are included."""
    return (
        select(Message, Person.name, FILES, Ticket.title, Ticket.is_confidential)
        .join(Ticket, Ticket.id == Message.ticket_id)
        .join(Person, Person.id == Message.author_id)
        .where(has_happened(Message.created_at), readable_by(reads))
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(ROWS)
    )
