from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, LargeBinary, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, InFeed, Key, Moment, NotInFeed


class SessionToken(Base):
    """A sign-in, or an API token, which has a name and permissions of its own; a sign-in has all of its person's. Only
    the SHA-256 of the token is kept. A token is refused while `LODGE_SIGN_IN` does not include the way of signing in
    that `signed_in_by` names; an API token has that of the sign-in in which it was made."""

    __tablename__ = "session_token"
    change_feed = InFeed(("expires_at", "revoked_at"))

    id: Mapped[Key]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    signed_in_by: Mapped[str] = mapped_column(String(20), server_default="choice")
    name: Mapped[str | None] = mapped_column(String(100))
    permissions: Mapped[list[str] | None] = mapped_column(ARRAY(String))
    browser: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[Moment]
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class SessionUse(Base):
    """When a token was last used, to the minute."""

    __tablename__ = "session_use"
    change_feed = NotInFeed("changes every minute while somebody works, and changes nothing for anybody else")

    session_id: Mapped[int] = mapped_column(ForeignKey("session_token.id", ondelete="CASCADE"), primary_key=True)
    used_at: Mapped[Moment]
