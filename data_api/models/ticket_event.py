from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, InFeed, Key, Moment


class TicketEvent(Base):
    """One line of a ticket's history. Statuses, stages, categories and buildings are stored as slugs.

    A person, such as the assignee, is stored by id, so that their name is only in the table of people. Older lines
    stored a name; they still do where nobody can say for certain whose name it was. The line of a changed title or
    description stores the text from before, until staff blank it. The text from after the change is in the next line of
    that kind, or in the ticket: each text is stored once, so that no second copy is left when it is blanked.

    `other_ticket_id` is the linked ticket that a line tells of: only who may read that one is shown the line. It is no
    foreign key, because the line stays when that ticket is deleted.

    `reason` is the `AssignmentReason` of what Lodge decided by itself; such a line has no actor.
    """

    __tablename__ = "ticket_event"
    change_feed = InFeed(("kind", "occurred_at"))
    __table_args__ = (
        CheckConstraint("blanked_at IS NULL OR from_value IS NULL", name="blanked"),
        CheckConstraint(
            "(from_value IS NULL OR from_person_id IS NULL) AND (to_value IS NULL OR to_person_id IS NULL)",
            name="person_or_text",
        ),
        Index("ix_ticket_event_history", "ticket_id", "occurred_at", "id"),
        Index("ix_ticket_event_latest", "occurred_at", "id"),
    )

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    from_value: Mapped[str | None]
    to_value: Mapped[str | None]
    from_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    to_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    other_ticket_id: Mapped[int | None] = mapped_column(BigInteger)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    occurred_at: Mapped[Moment]
    reason: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    blanked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    blanked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
