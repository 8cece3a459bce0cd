from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Index, String, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from data_api.models.base import Base, Key, NotInFeed


class Xid8(UserDefinedType[str]):
    """Postgres's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


class Change(Base):
    """The change feed: one line for each changed row, written by triggers and read by the live events and the replica.

    An update's line holds only the columns that changed; the lines of inserts and deletes hold no columns.
    """

    __tablename__ = "change"
    change_feed = NotInFeed("it is the feed")
    __table_args__ = (Index("ix_change_xid", "xid", "id"),)

    id: Mapped[Key]
    xid: Mapped[str] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"))
    happened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    request_id: Mapped[str | None] = mapped_column(String(64))
    table_name: Mapped[str] = mapped_column(String(63))
    row_id: Mapped[int] = mapped_column(BigInteger)
    op: Mapped[str] = mapped_column(String(6))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
