from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, InFeed, Key


class TicketLink(Base):
    """That two tickets belong together. `ticket_id` blocks `other_id`, or is a duplicate of it. `relates-to` has no
    direction: there `ticket_id` is the lower number, so that each link is stored once. It has copies of
    `is_confidential` of both tickets, each of which is changed under the lock of its ticket: the replica copies a row
    without looking at others, and must not tell what a confidential ticket is linked to."""

    __tablename__ = "ticket_link"
    change_feed = InFeed(("ticket_id", "other_id", "kind"))
    __table_args__ = (
        CheckConstraint("kind IN ('relates-to', 'duplicates', 'blocks')", name="kind"),
        CheckConstraint("ticket_id <> other_id AND (kind <> 'relates-to' OR ticket_id < other_id)", name="ends"),
        UniqueConstraint("ticket_id", "other_id", "kind"),
        Index("ix_ticket_link_other", "other_id", "ticket_id", "kind"),
        # What a list of blocked tickets looks through.
        Index("ix_ticket_link_blocks", "ticket_id", "other_id", postgresql_where=text("kind = 'blocks'")),
    )

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    ticket_is_confidential: Mapped[bool]
    other_is_confidential: Mapped[bool]
    created_at: Mapped[CreatedAt]
