from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, InFeed, Key


class TimeEntryChange(Base):
    """That somebody corrected or deleted an entry of time, with its values before and after; after a deletion there are
    none. It is no line of the ticket's history, because requesters read that one."""

    __tablename__ = "time_entry_change"
    # From it, live pages learn of which ticket an entry was deleted.
    change_feed = InFeed()
    __table_args__ = (
        CheckConstraint(
            "is_deletion = (to_seconds IS NULL) AND is_deletion = (to_day IS NULL) "
            "AND NOT (is_deletion AND to_note IS NOT NULL)",
            name="deletion",
        ),
        Index("ix_time_entry_change_ticket", "ticket_id", "id"),
    )

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    # No foreign key: the change stays when the entry is deleted.
    entry_id: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[CreatedAt]
    is_deletion: Mapped[bool]
    from_seconds: Mapped[int]
    to_seconds: Mapped[int | None]
    from_day: Mapped[date]
    to_day: Mapped[date | None]
    from_note: Mapped[str | None] = mapped_column(String(500))
    to_note: Mapped[str | None] = mapped_column(String(500))
