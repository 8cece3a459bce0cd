from datetime import timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, Interval, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, InFeed, Key, Moment


class Timer(Base):
    """The time that somebody is measuring on a ticket and has not made an entry of yet. `worked` is the sum of the
    stretches that have ended by a pause. While it is running, the stretch since `last_started_at` comes on top. All
    moments are of the database's clock. A person has one timer for each ticket, of which one at most is running."""

    __tablename__ = "timer"
    change_feed = InFeed(("ticket_id", "person_id", "is_running"))
    __table_args__ = (
        CheckConstraint("worked >= interval '0'", name="worked"),
        UniqueConstraint("person_id", "ticket_id"),
        Index("uq_timer_running", "person_id", unique=True, postgresql_where=text("is_running")),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    is_running: Mapped[bool]
    last_started_at: Mapped[Moment]
    worked: Mapped[timedelta] = mapped_column(Interval)
