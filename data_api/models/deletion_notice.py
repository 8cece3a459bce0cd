from sqlalchemy import BigInteger, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, Key, NotInFeed


class DeletionNotice(Base):
    """Who could read a ticket that was just deleted, or who has just stopped following a ticket. The live events need
    this, and it cannot be queried afterwards. Triggers (migration 0008) write it together with the line of the
    change feed that it belongs to; it is deleted after some minutes, and is in no backup."""

    __tablename__ = "deletion_notice"
    change_feed = NotInFeed("who could read a deleted ticket must not be kept")
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012

    id: Mapped[Key]
    table_name: Mapped[str] = mapped_column(String(63))
    row_id: Mapped[int] = mapped_column(BigInteger)
    ticket_id: Mapped[int] = mapped_column(BigInteger)
    # The next four are only set for a deleted ticket.
    status: Mapped[str | None] = mapped_column(String(10))
    requester_id: Mapped[int | None] = mapped_column(BigInteger)
    assignee_id: Mapped[int | None] = mapped_column(BigInteger)
    is_confidential: Mapped[bool | None]
    follower_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    created_at: Mapped[CreatedAt]
