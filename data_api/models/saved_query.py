from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, InFeed, Key


class SavedQuery(Base):
    """A query that somebody saved in the SQL lab. `parameters` and `chart` are as `contracts.queries` has them."""

    __tablename__ = "saved_query"
    # Its texts may say what somebody was looking for.
    change_feed = InFeed(("is_shared",))
    __table_args__ = (
        Index("ix_saved_query_owner", "owner_id", "name", "id"),
        Index("ix_saved_query_shared", "name", "id", postgresql_where=text("is_shared")),
        Index("ix_saved_query_search", text("lodge_search(name)"), postgresql_using="gin"),
    )

    id: Mapped[Key]
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(String(2_000))
    sql: Mapped[str] = mapped_column(Text)
    chart: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    parameters: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    is_shared: Mapped[bool]
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[CreatedAt]
    modified_at: Mapped[CreatedAt]
