from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, InFeed, Key


class TimeEntry(Base):
    """Time that somebody worked on a ticket. `day` is in the campus's time zone. `is_timed`: a timer measured it, and
    nobody typed it. `stopped_because`: its timer was not stopped by its owner, but
    because they were deactivated, lost the role, or forgot it. `is_unconfirmed`: the timer was forgotten, and its owner
    has not yet said how long it really was."""

    __tablename__ = "time_entry"
    # The note is what somebody wrote.
    change_feed = InFeed(("ticket_id", "person_id", "day", "seconds"))
    __table_args__ = (
        CheckConstraint("seconds > 0", name="seconds"),
        Index("ix_time_entry_ticket", "ticket_id", "day", "id"),
        CheckConstraint("stopped_because IN ('deactivated', 'role', 'limit')", name="stopped_because"),
        Index("ix_time_entry_person", "person_id", "day", "id"),
        Index("ix_time_entry_day", "day", "id"),
        Index("ix_time_entry_unconfirmed", "person_id", postgresql_where=text("is_unconfirmed")),
    )

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    day: Mapped[date]
    seconds: Mapped[int]
    note: Mapped[str | None] = mapped_column(String(500))
    is_timed: Mapped[bool]
    stopped_because: Mapped[str | None]
    is_unconfirmed: Mapped[bool] = mapped_column(server_default=false())
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[CreatedAt]
