from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, Key, NotInFeed


class TagUse(Base):
    """How many tickets got a tag, or lost it (a negative number), in one statement. The sum over a tag's rows is the
    number of its tickets, so that tags are listed without counting tickets. Tickets that are confidential are counted
    apart.

    Triggers (migration 0031) only ever add rows: if they updated one row for each tag, everybody who uses the same tag
    would wait for each other. Now and then the rows of a tag are replaced by one."""

    __tablename__ = "tag_use"
    change_feed = NotInFeed("the tags of tickets are in it themselves")
    __table_args__ = (Index("ix_tag_use_tag", "tag", postgresql_ops={"tag": "text_pattern_ops"}),)

    id: Mapped[Key]
    tag: Mapped[str] = mapped_column(String(40))
    is_confidential: Mapped[bool]
    tickets: Mapped[int]
