"""Queries on people and their tokens, for entering."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contracts.people import Role
from data_api.auth import Actor
from data_api.models import Person, SessionToken, Ticket, TicketRead

UNREAD_LIMIT = 100


class SessionRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def find_or_add_person(self, entry_key: str, name: str, role: Role) -> Person:
        """The person of this key; two who enter at the same moment are the same one."""
        by_key = select(Person).where(Person.entry_key == entry_key)
        person = self.session.scalar(by_key)
        if person is None:
            row = {"entry_key": entry_key, "name": name, "roles": [role.value]}
            self.session.execute(insert(Person).values(row).on_conflict_do_nothing())
            person = self.session.scalars(by_key).one()
        return person

    def add_token(self, person: Person, token_hash: bytes, expires_at: datetime) -> None:
        self.session.add(SessionToken(token_hash=token_hash, person_id=person.id, expires_at=expires_at))
        self.session.flush()

    def revoke(self, session_id: int) -> None:
        self.session.execute(update(SessionToken).where(SessionToken.id == session_id).values(revoked_at=func.now()))

    def unread(self, actor: Actor) -> int:
        """Tickets that concern me (mine; for staff those assigned to me or to nobody) and hold a public message of
        someone else, newer than my last look and than my first entering. Counted up to a limit."""
        mine = Ticket.requester_id == actor.person_id
        if actor.is_staff:
            unclaimed = Ticket.assignee_id.is_(None) & Ticket.is_confidential.is_(False)
            mine = (Ticket.assignee_id == actor.person_id) | unclaimed | mine
        seen = (
            select(TicketRead.read_at)
            .where(TicketRead.ticket_id == Ticket.id, TicketRead.person_id == actor.person_id)
            .scalar_subquery()
        )
        found = (
            select(Ticket.id)
            .where(
                mine,
                Ticket.status != "closed",
                Ticket.last_message_at > func.coalesce(seen, actor.created_at),
                Ticket.last_message_at > actor.created_at,
                Ticket.last_message_author_id != actor.person_id,
            )
            .limit(UNREAD_LIMIT)
            .subquery()
        )
        return self.session.scalar(select(func.count()).select_from(found)) or 0
