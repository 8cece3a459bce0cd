"""Queries on people and their tokens, for entering."""

from datetime import datetime
from functools import cache

from sqlalchemy import Row, Select, bindparam, func, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contracts.desk import SignIn
from contracts.pages import MAX_LIMIT
from contracts.people import Role
from data_api.access.actor import Actor
from data_api.access.reading import ME, Reads
from data_api.kit.moments import has_happened, now
from data_api.models import Person, ReadMarker, SessionToken, Ticket, TicketConfirmation

UNREAD_LIMIT = 100


class SessionRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def find_or_add_person(self, entry_key: str, name: str, role: Role) -> Person:
        """Returns the person with this key and adds them if there is none. Two requests at the same moment get the same
        person."""
        by_key = select(Person).where(Person.entry_key == entry_key)
        person = self.session.scalar(by_key)
        if person is None:
            row = {"entry_key": entry_key, "name": name, "roles": [role.value]}
            self.session.execute(insert(Person).values(row).on_conflict_do_nothing())
            person = self.session.scalars(by_key).one()
        return person

    def add_token(self, person: Person, token_hash: bytes, expires_at: datetime, signed_in_by: SignIn) -> None:
        token = SessionToken(
            token_hash=token_hash, person_id=person.id, expires_at=expires_at, signed_in_by=signed_in_by.value
        )
        self.session.add(token)
        self.session.flush()

    def revoke(self, session_id: int) -> None:
        self.session.execute(update(SessionToken).where(SessionToken.id == session_id).values(revoked_at=func.now()))

    def unread(self, actor: Actor) -> Row[int, int]:
        """Counts tickets with something unread, and confirmed tickets whose status has changed, each up to
        UNREAD_LIMIT."""
        asked = {"me": actor.person_id, "entered_at": actor.created_at} | now()
        reads_everything = actor.reads is Reads.EVERYTHING
        statement = _unread(is_staff=actor.is_staff, reads_everything=reads_everything)
        return self.session.connection().execute(statement, asked).one()


# My confirmations, but only as many as one page of their list shows: one that is never shown would count as news for
# ever.
_SHOWN = (
    select(TicketConfirmation.seen_status, Ticket.status)
    .join(Ticket, Ticket.id == TicketConfirmation.ticket_id)
    .where(TicketConfirmation.person_id == ME, Ticket.is_confidential.is_(False))
    .order_by(TicketConfirmation.id.desc())
    .limit(MAX_LIMIT)
    .subquery()
)
# Those whose status differs from the one that I was shown last.
_NEWS = select(_SHOWN).where(_SHOWN.c.seen_status != _SHOWN.c.status).limit(UNREAD_LIMIT).subquery()
CONFIRMED_NEWS = select(func.count()).select_from(_NEWS).scalar_subquery()


@cache
def _unread(*, is_staff: bool, reads_everything: bool) -> Select[int, int]:
    """Counts the tickets that concern me (those I reported; for staff also those assigned to me or to nobody) and whose
    last public message is by somebody else, and is newer than my last look and than the moment I first entered."""
    mine = Ticket.requester_id == ME
    if is_staff:
        is_seen = true() if reads_everything else Ticket.is_confidential.is_(False)
        unclaimed = Ticket.assignee_id.is_(None) & is_seen
        mine = (Ticket.assignee_id == ME) | unclaimed | mine
    entered_at = bindparam("entered_at", type_=Ticket.last_message_at.type)
    seen = select(ReadMarker.read_at).where(ReadMarker.ticket_id == Ticket.id, ReadMarker.person_id == ME)
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
