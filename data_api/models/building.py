from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, InFeed, Key


class Building(Base):
    """A building on the campus."""

    __tablename__ = "building"
    change_feed = InFeed(("slug", "name"))

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(100))
