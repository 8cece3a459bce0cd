from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, InFeed, Key, Moment, NotInFeed


class TicketWatcher(Base):
    """A person who follows a ticket."""

    __tablename__ = "ticket_watcher"
    change_feed = InFeed()
    __table_args__ = (UniqueConstraint("person_id", "ticket_id"),)

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    created_at: Mapped[CreatedAt]


class TicketTag(Base):
    """A tag that staff put on a ticket. It has a copy of the ticket's `opened_at`, which never changes, so that an
    index finds the tickets of a tag in the list's order."""

    __tablename__ = "ticket_tag"
    change_feed = InFeed()
    __table_args__ = (
        UniqueConstraint("tag", "ticket_id"),
        Index("ix_ticket_tag_opened", "tag", "opened_at", "ticket_id"),
        Index("ix_ticket_tag_search", text("lodge_search(tag)"), postgresql_using="gin"),
    )

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    tag: Mapped[str] = mapped_column(String(40))
    opened_at: Mapped[Moment]


class ReadMarker(Base):
    """Up to which moment a person has seen a ticket's messages."""

    __tablename__ = "ticket_read"
    change_feed = NotInFeed("what someone has seen is nobody else's business")

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True, index=True)
    read_at: Mapped[Moment]
