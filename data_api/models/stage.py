from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, InFeed, Key


class Stage(Base):
    """A column of the board: a step inside a status. The first of a status is where a ticket enters it."""

    __tablename__ = "stage"
    change_feed = InFeed(("slug", "name", "status", "position"))
    __table_args__ = (CheckConstraint("status IN ('open', 'active', 'closed')", name="status"),)

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    status: Mapped[str] = mapped_column(String(10))
    position: Mapped[int]
