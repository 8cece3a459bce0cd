from datetime import datetime

from sqlalchemy import DateTime, String, false, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, InFeed, Key


class StoredRole(Base):
    """A role: its name, and what it permits. People have roles by their slugs; triggers refuse a slug that is no role,
    and the deletion of a role that somebody has. Built-in roles cannot be deleted. Administrators may always do
    everything, whatever their row says."""

    __tablename__ = "role"
    change_feed = InFeed(("slug", "name", "description", "permissions", "is_built_in"))

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(String(500), server_default="")
    permissions: Mapped[list[str]] = mapped_column(ARRAY(String))
    is_built_in: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[CreatedAt]
    modified_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    version: Mapped[int] = mapped_column(server_default="1")
