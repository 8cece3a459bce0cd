from datetime import datetime

from sqlalchemy import Computed, DateTime, ForeignKey, Index, String, Text, false, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, InFeed, Key

IN_USE = text("NOT is_archived")


class CannedReply(Base):
    """A text that staff send again and again. Without a team, it is for everybody; without a language, for tickets in
    any language. Archived replies are offered to nobody, and another reply can get their shortcut."""

    __tablename__ = "canned_reply"
    change_feed = InFeed(("team_id", "language", "is_archived"))
    __table_args__ = (
        Index("ix_canned_reply_title", "is_archived", "title", "id"),
        Index("ix_canned_reply_search", "search", postgresql_using="gin"),
        Index("uq_canned_reply_shortcut", "shortcut", unique=True, postgresql_where=IN_USE),
    )

    id: Mapped[Key]
    title: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    shortcut: Mapped[str | None] = mapped_column(String(40))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"), index=True)
    language: Mapped[str | None] = mapped_column(String(2))
    is_archived: Mapped[bool] = mapped_column(server_default=false())
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[CreatedAt]
    version: Mapped[int] = mapped_column(server_default="1")
    search: Mapped[str] = mapped_column(
        TSVECTOR, Computed("lodge_search(title || ' ' || text)", persisted=True), deferred=True
    )


class CannedReplyUse(Base):
    """That messages were sent with a canned reply: how many, and when the last of them.

    Each such message adds a row: if it raised a number in the reply's row instead, everybody who uses the same reply
    would wait for each other. Later the rows of a reply and a day are replaced by one (`data_api/background`). The rows
    do not say which messages, which could be about a confidential ticket."""

    __tablename__ = "canned_reply_use"
    change_feed = InFeed()
    __table_args__ = (
        Index("ix_canned_reply_use_reply", "canned_reply_id", postgresql_include=["uses", "used_at"]),
        Index("ix_canned_reply_use_used", "used_at"),
    )

    id: Mapped[Key]
    canned_reply_id: Mapped[int] = mapped_column(ForeignKey("canned_reply.id", ondelete="CASCADE"))
    uses: Mapped[int] = mapped_column(server_default="1")
    used_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
