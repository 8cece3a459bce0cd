"""Queries on API tokens."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select, update
from sqlalchemy.orm import Session

from data_api.access.actor import Actor
from data_api.kit.paging import in_order, position
from data_api.models import SessionToken, SessionUse


class TokenRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def page(self, person_id: int, after: Sequence[Any], limit: int) -> Sequence[Row[SessionToken, datetime]]:
        """Returns up to limit + 1 valid API tokens of the person with the moment of their last use, the latest made
        first; the extra one shows that there is a next page."""
        found = (
            select(SessionToken, SessionUse.used_at)
            .outerjoin(SessionUse, SessionUse.session_id == SessionToken.id)
            .where(_is_token_of(person_id))
        )
        page = in_order(found, (SessionToken.id,), descending=True, goes_on=bool(after))
        return self.session.execute(page.limit(limit + 1), position(after)).all()

    def count(self, person_id: int) -> int:
        return self.session.scalar(select(func.count()).select_from(SessionToken).where(_is_token_of(person_id))) or 0

    def add(
        self, actor: Actor, name: str, permissions: Sequence[str], token_hash: bytes, expires_at: datetime
    ) -> SessionToken:
        token = SessionToken(
            person_id=actor.person_id,
            signed_in_by=actor.signed_in_by.value,
            name=name,
            permissions=list(permissions),
            token_hash=token_hash,
            expires_at=expires_at,
        )
        self.session.add(token)
        self.session.flush()
        return token

    def find(self, person_id: int, token_id: int) -> SessionToken | None:
        return self.session.scalar(select(SessionToken).where(_is_token_of(person_id), SessionToken.id == token_id))

    def revoke(self, person_id: int, token_id: int) -> bool:
        """Returns whether the person had such a token."""
        mine = and_(_is_token_of(person_id), SessionToken.id == token_id)
        revoked = update(SessionToken).where(mine).values(revoked_at=func.now()).returning(SessionToken.id)
        return self.session.scalar(revoked) is not None


def _is_token_of(person_id: int) -> ColumnElement[bool]:
    return and_(
        SessionToken.person_id == person_id,
        SessionToken.permissions.is_not(None),
        SessionToken.revoked_at.is_(None),
        SessionToken.expires_at > func.now(),
    )
