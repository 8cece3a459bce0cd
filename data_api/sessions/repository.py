"""Queries on people and their tokens: for signing in, and for what somebody sees of their own sign-ins."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, and_, bindparam, delete, func, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from contracts.desk import SignIn
from contracts.pages import MAX_LIMIT
from contracts.people import Role
from data_api.access.actor import Actor
from data_api.access.reading import ME, Reads
from data_api.kit.moments import has_happened, now
from data_api.kit.paging import in_order, position
from data_api.mentions.repository import count_of_unseen
from data_api.models import (
    HandOff,
    Person,
    ReadMarker,
    SessionToken,
    SessionUse,
    Ticket,
    TicketConfirmation,
)

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

    def find_person(self, person_id: int) -> Person | None:
        return self.session.get(Person, person_id)

    def add_token(
        self, person: Person, token_hash: bytes, expires_at: datetime, signed_in_by: SignIn, browser: str | None
    ) -> None:
        token = SessionToken(
            token_hash=token_hash,
            person_id=person.id,
            expires_at=expires_at,
            signed_in_by=signed_in_by.value,
            browser=browser,
        )
        self.session.add(token)
        self.session.flush()

    def revoke(self, session_id: int) -> None:
        self.session.execute(update(SessionToken).where(SessionToken.id == session_id).values(revoked_at=func.now()))

    def revoke_all_of(self, person_id: int) -> None:
        """Ends all sign-ins and API tokens of the person. Their live streams end by that too."""
        self._end(and_(SessionToken.person_id == person_id, SessionToken.revoked_at.is_(None)))

    def add_hand_off(self, person_id: int, code_hash: bytes, browser: str, expires_at: datetime) -> None:
        self.session.add(HandOff(code_hash=code_hash, person_id=person_id, browser=browser, expires_at=expires_at))
        self.session.flush()

    def use_hand_off(self, code_hash: bytes, browser: str) -> Person | None:
        """Returns the person who signs in with this code, which cannot be used again. None when it is not valid, or was
        made for another browser."""
        mine = and_(HandOff.code_hash == code_hash, HandOff.browser == browser, HandOff.expires_at > func.now())
        person_id = self.session.scalar(delete(HandOff).where(mine).returning(HandOff.person_id))
        return self.find_person(person_id) if person_id is not None else None

    def sign_ins(self, person_id: int, after: Sequence[Any], limit: int) -> Sequence[Row[SessionToken, datetime]]:
        """Returns up to limit + 1 of the person's sign-ins, the latest first; the extra one shows that there is a next
        page."""
        found = (
            select(SessionToken, SessionUse.used_at)
            .outerjoin(SessionUse, SessionUse.session_id == SessionToken.id)
            .where(_is_sign_in_of(person_id))
        )
        page = in_order(found, (SessionToken.id,), descending=True, goes_on=bool(after))
        return self.session.execute(page.limit(limit + 1), position(after)).all()

    def end_sign_in(self, person_id: int, session_id: int) -> bool:
        """Returns whether the person had such a sign-in."""
        ended = self._end(and_(_is_sign_in_of(person_id), SessionToken.id == session_id))
        return ended > 0

    def end_sign_ins(self, person_id: int, *, but: int | None = None) -> None:
        """Ends all sign-ins of the person except the session `but`. API tokens stay."""
        self._end(and_(_is_sign_in_of(person_id), SessionToken.id.is_distinct_from(but)))

    def note_uses(self, session_ids: Sequence[int]) -> None:
        """Writes that these tokens were used now. In the order of the ids, because several processes write."""
        used = select(SessionToken.id, func.now()).where(SessionToken.id.in_(session_ids)).order_by(SessionToken.id)
        uses = insert(SessionUse).from_select(["session_id", "used_at"], used)
        latest = uses.on_conflict_do_update(index_elements=["session_id"], set_={"used_at": uses.excluded.used_at})
        self.session.execute(latest)

    def _end(self, which: ColumnElement[bool]) -> int:
        ended = update(SessionToken).where(which).values(revoked_at=func.now()).returning(SessionToken.id)
        return len(self.session.scalars(ended, execution_options={"synchronize_session": False}).all())

    def unread(self, actor: Actor) -> Row[list[int] | None, int, int]:
        """Returns the ids of the tickets with something unread (None if there are none), the number of confirmed
        tickets whose status has changed, and the number of unseen mentions, each up to UNREAD_LIMIT."""
        asked = {"me": actor.person_id, "entered_at": actor.created_at} | now()
        statement = _unread(actor.reads, is_staff=actor.is_staff)
        return self.session.connection().execute(statement, asked).one()


def _is_sign_in_of(person_id: int) -> ColumnElement[bool]:
    return and_(
        SessionToken.person_id == person_id,
        SessionToken.permissions.is_(None),
        SessionToken.revoked_at.is_(None),
        SessionToken.expires_at > func.now(),
    )


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
def _unread(reads: Reads, *, is_staff: bool) -> Select[list[int] | None, int, int]:
    """Finds the tickets that concern me (those I reported; for staff also those assigned to me or to nobody) and whose
    last public message is by somebody else, and is newer than my last look and than the moment I first signed in."""
    mine = Ticket.requester_id == ME
    if is_staff:
        is_seen = true() if reads is Reads.EVERYTHING else Ticket.is_confidential.is_(False)
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
    ids = select(func.array_agg(found.c.id, type_=ARRAY(BigInteger))).scalar_subquery()
    return select(ids, CONFIRMED_NEWS, count_of_unseen(reads, is_staff=is_staff))
