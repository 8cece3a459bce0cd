from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, Key, Moment, NotInFeed


class BulkChange(Base):
    """A change of many tickets. `change` and `refused` are as `contracts.bulk` has them. `ticket_ids` are in the order
    in which they are changed; `versions`, if there are any, are those that were seen, one for each ticket. The first
    `place` tickets have been dealt with: each step writes it together with what it changed. `stepped_at`: when the last
    step was made, or somebody last noted that they work on it."""

    __tablename__ = "bulk_change"
    change_feed = NotInFeed("each person's own progress, for some days; what it does to tickets is in their own lines")
    __table_args__ = (Index("ix_bulk_change_owner", "owner_id", "id"),)

    id: Mapped[Key]
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    change: Mapped[dict[str, Any]] = mapped_column(JSONB)
    ticket_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    versions: Mapped[list[int] | None] = mapped_column(ARRAY(Integer))
    place: Mapped[int]
    done: Mapped[int]
    unchanged: Mapped[int]
    refused: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    created_at: Mapped[CreatedAt] = mapped_column(index=True)
    stepped_at: Mapped[Moment]
    finished_at: Mapped[Moment | None]
