from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, Key, Moment, NotInFeed


class TicketConfirmation(Base):
    """A person has confirmed that they have the same problem as somebody else's report. It counts as a report, but does
    not let them read the ticket. `seen_status` is the ticket's status that they were shown last."""

    __tablename__ = "ticket_confirmation"
    change_feed = NotInFeed(
        "who has whose problem is nobody else's business; the ticket's count is in the ticket's own line"
    )
    __table_args__ = (UniqueConstraint("ticket_id", "person_id"),)

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    seen_status: Mapped[str] = mapped_column(String(10))
    confirmed_at: Mapped[Moment]
