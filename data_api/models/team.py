from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, InFeed, Key


class Team(Base):
    """People who work together. Somebody is in one team or in none."""

    __tablename__ = "team"
    change_feed = InFeed(("slug", "name", "description"))

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(String(500), server_default="")
    version: Mapped[int] = mapped_column(server_default="1")
