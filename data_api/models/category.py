from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, InFeed, Key


class Category(Base):
    """What a ticket is about. Exactly one is the default."""

    __tablename__ = "category"
    change_feed = InFeed(("slug", "name", "description", "is_default"))
    __table_args__ = (Index("uq_category_is_default", "is_default", unique=True, postgresql_where=text("is_default")),)

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(String(500), server_default="")
    is_default: Mapped[bool] = mapped_column(server_default=text("false"))
