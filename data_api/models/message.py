from sqlalchemy import Computed, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, InFeed, Key


class Message(Base):
    """A message under a ticket. `author_role` is the role in which the author wrote it."""

    __tablename__ = "message"
    change_feed = InFeed(("is_internal", "reply_to_id"))
    __table_args__ = (
        Index("ix_message_thread", "ticket_id", "created_at", "id"),
        Index("ix_message_latest", "created_at", "id"),
        Index("ix_message_search", "search", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    )

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    author_role: Mapped[str] = mapped_column(String(10))
    body: Mapped[str]
    is_internal: Mapped[bool] = mapped_column(server_default=text("false"))
    reply_to_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[CreatedAt]
    search: Mapped[str] = mapped_column(TSVECTOR, Computed("lodge_search(body)", persisted=True), deferred=True)
