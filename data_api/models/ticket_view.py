from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, InFeed, Key


class TicketView(Base):
    """A view of the queue that somebody saved. `query` and `columns` are as `contracts.views` has them. The people of
    its team find it too; without a team it is its owner's alone. Views are shown in the order of `position`."""

    __tablename__ = "ticket_view"
    # Its texts may say what somebody was looking for.
    change_feed = InFeed(("team_id",))
    __table_args__ = (Index("ix_ticket_view_owner", "owner_id", "position", "id"),)

    id: Mapped[Key]
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    query: Mapped[dict[str, list[str]]] = mapped_column(JSONB)
    columns: Mapped[list[str]] = mapped_column(JSONB)
    is_dense: Mapped[bool]
    position: Mapped[int]
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[CreatedAt]
    modified_at: Mapped[CreatedAt]
