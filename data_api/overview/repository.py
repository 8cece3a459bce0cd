"""Counts and the latest lines, of what the asking person may read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, true
from sqlalchemy.orm import Session

from contracts.desk import StudentsSee
from contracts.people import Role
from data_api.auth import Actor
from data_api.messages.repository import visible_to
from data_api.models import Message, Person, Ticket, TicketEvent
from data_api.tickets.repository import hidden_from, readable_by

SHOWN_KINDS = ("opened", "status", "assignee", "priority", "category")


class OverviewRepository:
    def __init__(self, session: Session, students_see: StudentsSee) -> None:
        self.session = session
        self.students_see = students_see

    def counts(self, actor: Actor) -> Row[*tuple[int, ...]]:
        """Of what is not closed, in one walk of the index that holds just that."""

        def those(condition: ColumnElement[bool]) -> Any:
            return func.count().filter(condition)

        return self.session.execute(
            select(
                those(Ticket.status == "open").label("open"),
                those(Ticket.status == "active").label("active"),
                those(Ticket.waits_for == "desk").label("waits_for_desk"),
                those(Ticket.waits_for == "requester").label("waits_for_requester"),
                those(Ticket.assignee_id.is_(None)).label("unassigned"),
            ).where(Ticket.status != "closed", self._is_counted(actor))
        ).one()

    def closed_since(self, actor: Actor, moment: datetime) -> int:
        closed = select(func.count()).where(Ticket.closed_at >= moment, self._is_counted(actor))
        return self.session.scalar(closed) or 0

    @staticmethod
    def _is_counted(actor: Actor) -> ColumnElement[bool]:
        """The reading rule of staff, as the few that they may not read: the rest is counted in the index alone."""
        return true() if Role.ADMIN in actor.roles else Ticket.id.not_in(hidden_from(actor))

    def latest_events(self, actor: Actor, limit: int) -> Sequence[Row[TicketEvent, str | None, str]]:
        return self.session.execute(
            select(TicketEvent, Person.name, Ticket.title)
            .join(Ticket, Ticket.id == TicketEvent.ticket_id)
            .outerjoin(Person, Person.id == TicketEvent.actor_id)
            .where(TicketEvent.kind.in_(SHOWN_KINDS), readable_by(actor, self.students_see))
            .order_by(TicketEvent.occurred_at.desc(), TicketEvent.id.desc())
            .limit(limit)
        ).all()

    def latest_messages(self, actor: Actor, limit: int) -> Sequence[Row[Message, str, str]]:
        return self.session.execute(
            select(Message, Person.name, Ticket.title)
            .join(Ticket, Ticket.id == Message.ticket_id)
            .join(Person, Person.id == Message.author_id)
            .where(visible_to(actor), readable_by(actor, self.students_see))
            .order_by(Message.created_at.desc(), Message.id.desc())
            .limit(limit)
        ).all()
