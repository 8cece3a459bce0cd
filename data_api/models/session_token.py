from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, InFeed, Key, Moment


class SessionToken(Base):
    """A sign-in. Only the SHA-256 of the token is kept. The token is refused while `LODGE_SIGN_IN` does not include the
    way of signing in that `signed_in_by` names."""

    __tablename__ = "session_token"
    change_feed = InFeed(("expires_at", "revoked_at"))

    id: Mapped[Key]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    signed_in_by: Mapped[str] = mapped_column(String(20), server_default="choice")
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[Moment]
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
