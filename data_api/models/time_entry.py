from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, InFeed, Key


class TimeEntry(Base):
    """Time that somebody worked on a ticket. `day` is in the campus's time zone. `is_timed`: a timer measured it, and
    nobody typed it."""

    __tablename__ = "time_entry"
    # The note is what somebody wrote.
    change_feed = InFeed(("ticket_id", "person_id", "day", "seconds"))
    __table_args__ = (
        CheckConstraint("seconds > 0", name="seconds"),
        Index("ix_time_entry_ticket", "ticket_id", "day", "id"),
        Index("ix_time_entry_person", "person_id", "day", "id"),
    )

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    day: Mapped[date]
    seconds: Mapped[int]
    note: Mapped[str | None] = mapped_column(String(500))
    is_timed: Mapped[bool]
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[CreatedAt]
