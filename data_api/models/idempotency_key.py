from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, NotInFeed


class IdempotencyKey(Base):
    """A POST that was sent with an `Idempotency-Key`. `made` is the id or slug of what it created or changed, never a
    text that somebody wrote. A retry is answered with what has this id or slug."""

    __tablename__ = "idempotency_key"
    change_feed = NotInFeed("what was made under a key is for its sender, for a day")

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    made: Mapped[int | str | None] = mapped_column(JSONB)
    created_at: Mapped[CreatedAt] = mapped_column(index=True)
