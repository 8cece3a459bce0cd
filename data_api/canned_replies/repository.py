"""Queries on canned replies, and the counts of their uses."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Row,
    Select,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from contracts.canned_replies import FOR_EVERYBODY, CannedReplyQuery, Language
from data_api.access.actor import Actor
from data_api.access.reading import ME, Reads, readable_by
from data_api.canned_replies.language_repository import language_of
from data_api.kit.paging import in_order, position
from data_api.kit.words import all_of, terms_of
from data_api.models import Building, CannedReply, CannedReplyUse, Person, Team, Ticket
from data_api.tickets.fields import as_pattern

BY_TITLE = (CannedReply.title, CannedReply.id)
IN_USE = CannedReply.is_archived.is_(False)
# Held until the transaction ends: without it, several new replies at once could become too many.
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('lodge canned replies'))")
# Also finds out whether there is such a reply.
NOTE_USE = (
    insert(CannedReplyUse)
    .from_select(
        ["canned_reply_id", "used_at"],
        select(CannedReply.id, bindparam("at", type_=DateTime(timezone=True))).where(
            CannedReply.id == bindparam("reply", type_=BigInteger)
        ),
    )
    .returning(CannedReplyUse.id)
)
# What was used often long ago is not offered before what is used now.
RECENTLY = func.now() - text("interval '90 days'")
_TOTAL = (
    select(
        func.coalesce(func.sum(CannedReplyUse.uses), 0).label("uses"), func.max(CannedReplyUse.used_at).label("last")
    )
    .where(CannedReplyUse.canned_reply_id == CannedReply.id)
    .correlate(CannedReply)
    .lateral("total")
)
_REPLIES = (
    select(CannedReply, Team.slug, Team.name, Person.name, _TOTAL.c.uses, _TOTAL.c.last)
    .outerjoin(Team, Team.id == CannedReply.team_id)
    .outerjoin(Person, Person.id == CannedReply.created_by_id)
    .join(_TOTAL, true())
)
_ONE = _REPLIES.where(CannedReply.id == bindparam("id", type_=BigInteger))


class CannedReplyRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def page(self, query: CannedReplyQuery, after: Sequence[Any]) -> Sequence[Row[*tuple[Any, ...]]]:
        """Returns up to limit + 1 replies by title, each with its team, who wrote it and how often it was used; the
        extra one shows that there is a next page."""
        found = _REPLIES.where(CannedReply.is_archived.is_(query.is_archived), *self._has(query.q))
        if query.team:
            everybody = CannedReply.team_id.is_(None) if FOR_EVERYBODY in query.team else false()
            found = found.where(or_(Team.slug.in_(query.team), everybody))
        if query.language:
            found = found.where(CannedReply.language.in_(query.language))
        found = in_order(found, BY_TITLE, descending=False, goes_on=bool(after)).limit(query.limit + 1)
        return self.session.execute(found, position(after)).all()

    def find(self, reply_id: int) -> Row[Any] | None:
        self.session.flush()
        return self.session.execute(_ONE, {"id": reply_id}).one_or_none()

    def lock(self, reply_id: int) -> CannedReply | None:
        return self.session.scalar(
            select(CannedReply).where(CannedReply.id == reply_id).with_for_update(key_share=True)
        )

    # -- for a ticket -----------------------------------------------------------------------------------------------

    def facts(self, actor: Actor, ticket_id: int) -> Row[Any] | None:
        """Returns what replies for this ticket depend on: its texts, team and category, the names of requester and
        building, and the actor's own team. None if the actor may not read it."""
        found = _facts(actor.reads).where(Ticket.id == ticket_id)
        return self.session.connection().execute(found, {"me": actor.person_id}).one_or_none()

    def language_of(self, written: str) -> Language | None:
        return language_of(self.session.connection(), written)

    def offered(
        self, q: str, team_ids: Sequence[int], language: Language | None, limit: int
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        """Returns the replies for everybody and for these teams that have `q`. First those whose shortcut begins with
        it; then by team, those of the first team before the others; then by language, those in another one last; then
        the most used of late."""
        recent = (
            select(CannedReplyUse.canned_reply_id, func.sum(CannedReplyUse.uses).label("uses"))
            .where(CannedReplyUse.used_at > RECENTLY)
            .group_by(CannedReplyUse.canned_reply_id)
            .subquery("recent")
        )
        found = (
            select(CannedReply, Team.slug, Team.name)
            .outerjoin(Team, Team.id == CannedReply.team_id)
            .outerjoin(recent, recent.c.canned_reply_id == CannedReply.id)
            .where(IN_USE, or_(CannedReply.team_id.is_(None), CannedReply.team_id.in_(team_ids)), *self._has(q))
            .order_by(
                *([_begins(q).desc()] if q else []),
                *([_place_among(team_ids)] if team_ids else []),
                *([_fit(language)] if language else []),
                func.coalesce(recent.c.uses, 0).desc(),
                *BY_TITLE,
            )
            .limit(limit)
        )
        return self.session.execute(found).all()

    def _has(self, q: str) -> list[ColumnElement[bool]]:
        if not q:
            return []
        terms = all_of(terms_of(self.session.connection(), q, shortest=1))
        has_words = CannedReply.search.bool_op("@@")(cast(terms, TSQUERY)) if terms else false()
        return [or_(_begins(q), has_words)]

    # -- writing ----------------------------------------------------------------------------------------------------

    def hold_all(self) -> int:
        """Counts the replies, and lets no other request add one until the transaction ends."""
        self.session.execute(ONE_AT_A_TIME)
        return self.session.scalars(select(func.count()).select_from(CannedReply)).one()

    def team(self, slug: str) -> Team | None:
        return self.session.scalar(select(Team).where(Team.slug == slug).with_for_update(read=True, key_share=True))

    def is_taken(self, shortcut: str, but: int | None) -> bool:
        taken = exists().where(IN_USE, CannedReply.shortcut == shortcut, CannedReply.id.is_distinct_from(but))
        return self.session.scalar(select(taken)) or False

    def add(self, values: dict[str, Any]) -> CannedReply:
        reply = CannedReply(**values)
        self.session.add(reply)
        self.session.flush()
        return reply

    def delete(self, reply: CannedReply) -> None:
        self.session.delete(reply)
        self.session.flush()


def note_use(session: Session, reply_id: int, at: datetime) -> bool:
    """Counts a message that is sent with the reply. Returns False if there is no such reply."""
    return session.connection().scalar(NOTE_USE, {"reply": reply_id, "at": at}) is not None


def _begins(q: str) -> ColumnElement[bool]:
    return func.coalesce(CannedReply.shortcut.like(f"{as_pattern(q.lower())}%"), false())


def _place_among(team_ids: Sequence[int]) -> ColumnElement[int]:
    places = {team_id: place for place, team_id in enumerate(team_ids)}
    return case(places, value=CannedReply.team_id, else_=len(places))


def _fit(language: Language) -> ColumnElement[int]:
    return case((CannedReply.language == language, 0), (CannedReply.language.is_(None), 1), else_=2)


def _facts(reads: Reads) -> Select[Any]:
    own_team = select(Person.team_id).where(Person.id == ME).scalar_subquery()
    requester = select(Person.name).where(Person.id == Ticket.requester_id).scalar_subquery()
    return (
        select(
            Ticket.title,
            Ticket.description,
            Ticket.category_id,
            Ticket.team_id,
            own_team.label("own_team_id"),
            requester.label("requester"),
            Building.name.label("building"),
        )
        .outerjoin(Building, Building.id == Ticket.building_id)
        .where(readable_by(reads))
    )
