from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, InFeed, Key

IS_DRAFT = text("ticket_id IS NULL")


class Attachment(Base):
    """A file of a ticket or, with `message_id`, of a message; without a ticket a draft, which only its uploader sees.
    The content is not in the database: it is kept under its SHA-256, `content_hash`. Several rows may have the same
    content. `thumbnail_hash` is the SHA-256 of the small picture, which is kept in the same way."""

    __tablename__ = "attachment"
    change_feed = InFeed(("ticket_id", "message_id"))
    __table_args__ = (
        Index("ix_attachment_ticket", "ticket_id", "message_id", "id"),
        Index("ix_attachment_drafts", "created_at", postgresql_where=IS_DRAFT),
        Index("ix_attachment_drafts_of", "uploader_id", postgresql_where=IS_DRAFT),
    )

    id: Mapped[Key]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    uploader_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(255))
    type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    content_hash: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    thumbnail_hash: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    created_at: Mapped[CreatedAt]
