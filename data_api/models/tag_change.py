from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, Key, Moment, NotInFeed


class TagChange(Base):
    """That a tag becomes `into` in all tickets, or is taken away from all of them, and how far that has come. `total`:
    how many tickets had the tag, as far as the owner might know at first. `counts_confidential`: whether that was
    all of them. `done`: how many were changed; each step writes it together with what it changed. `stepped_at`: when
    the last step was made, or somebody last noted that they work on it."""

    __tablename__ = "tag_change"
    change_feed = NotInFeed("its progress, for some days; what it does to tickets is in their own lines")
    __table_args__ = (Index("ix_tag_change_owner", "owner_id", "id"),)

    id: Mapped[Key]
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    tag: Mapped[str] = mapped_column(String(40))
    into: Mapped[str | None] = mapped_column(String(40))
    total: Mapped[int]
    done: Mapped[int]
    counts_confidential: Mapped[bool]
    created_at: Mapped[CreatedAt] = mapped_column(index=True)
    stepped_at: Mapped[Moment]
    finished_at: Mapped[Moment | None]
