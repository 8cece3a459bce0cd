from sqlalchemy import BigInteger, Computed, Float, ForeignKey, Index, SmallInteger, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, InFeed, Moment


class TicketPrediction(Base):
    """The category that the text of a report suggested when it was reported. `probabilities` is keyed by category
    id. `id` is there for the change feed, which names a row by it."""

    __tablename__ = "ticket_prediction"
    change_feed = InFeed()
    # Found when categories are merged, some at a time, in this order.
    __table_args__ = (Index("ix_ticket_prediction_category", "category_id", "ticket_id"),)

    ticket_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    id: Mapped[int] = mapped_column(BigInteger, Computed("ticket_id", persisted=True))
    # No foreign keys: a prediction stays as it was when its category or its model version is deleted.
    category_id: Mapped[int] = mapped_column(BigInteger)
    model_version: Mapped[int] = mapped_column(BigInteger)
    confidence: Mapped[float] = mapped_column(Float)
    sureness: Mapped[str] = mapped_column(String(10))
    probabilities: Mapped[dict[str, float]] = mapped_column(JSONB)
    like_tickets: Mapped[int] = mapped_column(SmallInteger)
    like_examples: Mapped[int] = mapped_column(SmallInteger)
    predicted_at: Mapped[Moment] = mapped_column(index=True)
