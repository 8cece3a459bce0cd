from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, Key


class Building(Base):
    """Where on campus."""

    __tablename__ = "building"

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(100))
