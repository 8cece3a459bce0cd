"""Queries on people and their tokens, for entering."""

from datetime import datetime
from functools import cache

from sqlalchemy import Row, Select, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contracts.pages import MAX_LIMIT
from contracts.people import Permission, Role
from data_api.access.actor import Actor
from data_api.access.permissions import permissions_of
from data_api.kit.moments import has_happened, now
from data_api.models import Person, SessionToken, Ticket, TicketConfirmation, TicketRead
from data_api.tickets.fields import ME

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

    def unread(self, actor: Actor) -> Row[int, int]:
        """Tickets with something unread, and confirmed ones with another status; each counted up to a limit."""
        asked = {"me": actor.person_id, "entered_at": actor.created_at} | now()
        return self.session.connection().execute(_unread(actor.roles), asked).one()


# Those of my confirmations that one page of their list shows: what nobody can be shown would stay news for ever.
_SHOWN = (
    select(TicketConfirmation.seen_status, Ticket.status)
    .join(Ticket, Ticket.id == TicketConfirmation.ticket_id)
    .where(TicketConfirmation.person_id == ME, Ticket.is_confidential.is_(False))
    .order_by(TicketConfirmation.id.desc())
    .limit(MAX_LIMIT)
    .subquery()
)
# Whose status is another than I was told last.
_NEWS = select(_SHOWN).where(_SHOWN.c.seen_status != _SHOWN.c.status).limit(UNREAD_LIMIT).subquery()
CONFIRMED_NEWS = select(func.count()).select_from(_NEWS).scalar_subquery()


@cache
def _unread(roles: frozenset[Role]) -> Select[int, int]:
    """Tickets that concern me (mine; for staff those assigned to me or to nobody) and hold a public message of
    someone else, newer than my last look and than my first entering."""
    mine = Ticket.requester_id == ME
    if Permission.TICKETS_WORK in permissions_of(roles):
        unclaimed = Ticket.assignee_id.is_(None) & Ticket.is_confidential.is_(False)
        mine = (Ticket.assignee_id == ME) | unclaimed | mine
    entered_at = bindparam("entered_at", type_=Ticket.last_message_at.type)
    seen = select(TicketRead.read_at).where(TicketRead.ticket_id == Ticket.id, TicketRead.person_id == ME)
    found = (
        select(Ticket.id)
        .where(
            mine,
            Ticket.status != "closed",
            Ticket.last_message_at > func.coalesce(seen.scalar_subquery(), entered_at),
            Ticket.last_message_at > entered_at,
            has_happened(Ticket.last_message_at),
            Ticket.last_message_author_id != ME,
        )
        .limit(UNREAD_LIMIT)
        .subquery()
    )
    return select(select(func.count()).select_from(found).scalar_subquery(), CONFIRMED_NEWS)
