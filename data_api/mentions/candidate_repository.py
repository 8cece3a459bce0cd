"""Queries on the people whom somebody may mention under a ticket."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, cast, func, select, true
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from contracts.people import Permission
from data_api.access.actor import Actor
from data_api.access.reading import TicketFacts, visible
from data_api.access.roles import granted, may
from data_api.kit.words import all_of, terms_of
from data_api.models import Message, Person, TicketWatcher

# More than are offered, because some of them may not read the ticket.
MOST_FOUND = 200
LONGEST_NAME = 100


class CandidateRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def called(self, actor: Actor, ticket_id: int, facts: TicketFacts, q: str) -> Sequence[Row[Any]]:
        """Returns people one of whose names begins like this, those who have to do with the ticket first; all of them
        if `q` is empty. Whether they may read the ticket is not checked."""
        found = self._found(actor, ticket_id, facts)
        if q:
            terms = all_of(terms_of(self.session.connection(), q, shortest=1))
            found = found.where(func.lodge_search(Person.name).bool_op("@@")(cast(terms, TSQUERY)))
        return self.session.connection().execute(found).all()

    def numbered(self, actor: Actor, ticket_id: int, facts: TicketFacts, ids: Sequence[int]) -> Sequence[Row[Any]]:
        found = self._found(actor, ticket_id, facts).where(Person.id.in_(ids))
        return self.session.connection().execute(found).all()

    def with_words(self, actor: Actor, ticket_id: int, facts: TicketFacts, words: Sequence[str]) -> Sequence[Row[Any]]:
        """Returns people one of whose names is one of these words, or a part of one; `called` says which people."""
        whole_words = func.lodge_terms(" ".join(words), LONGEST_NAME + 1)
        terms = self.session.connection().scalar(select(whole_words)) or []
        if not terms:
            return []
        is_called = func.lodge_search(Person.name).bool_op("@@")(cast(" | ".join(terms), TSQUERY))
        found = self._found(actor, ticket_id, facts).where(is_called)
        return self.session.connection().execute(found).all()

    def names(self, ids: Sequence[int]) -> dict[int, str]:
        return dict(self.session.connection().execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all())

    def _found(self, actor: Actor, ticket_id: int, facts: TicketFacts) -> Select[Any]:
        """Selects people with their permissions, and whether they follow the ticket. Whoever may look people up finds
        all who work on tickets; others find only people of whom the ticket tells them anyway."""
        follows = Person.id.in_(select(TicketWatcher.person_id).where(TicketWatcher.ticket_id == ticket_id))
        is_named = _is_named(actor, ticket_id, facts)
        is_found: ColumnElement[bool] = is_named
        if actor.may(Permission.PEOPLE_READ):
            works = may(Permission.TICKETS_WORK)
            if facts.is_confidential:  # most of them may not read it
                works &= may(Permission.TICKETS_READ_CONFIDENTIAL)
            is_found = is_named | works
        grants = granted()
        return (
            select(Person.id, Person.name, grants.c.slugs, grants.c.permissions, follows.label("follows"))
            .join(grants, true())
            .where(Person.deactivated_at.is_(None), is_found)
            .order_by(is_named.desc(), Person.name, Person.id)
            .limit(MOST_FOUND)
        )


def _is_named(actor: Actor, ticket_id: int, facts: TicketFacts) -> ColumnElement[bool]:
    """Returns the condition for the requester, the assignee, whoever wrote a message that the actor sees and, for staff
    and the requester, the followers."""
    first = Person.id.in_([one for one in (facts.requester_id, facts.assignee_id) if one is not None])
    authors = select(Message.author_id).where(Message.ticket_id == ticket_id, visible(is_staff=actor.is_staff))
    if not (actor.is_staff or actor.person_id == facts.requester_id):
        return first | Person.id.in_(authors)
    followers = select(TicketWatcher.person_id).where(TicketWatcher.ticket_id == ticket_id)
    return first | Person.id.in_(authors.union(followers))
