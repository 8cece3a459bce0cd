from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, Key, Moment, NotInFeed


class MessageMention(Base):
    """A person whom a message names with @. `seen_at`: when they opened its ticket afterwards."""

    __tablename__ = "message_mention"
    change_feed = NotInFeed(
        "it comes with its message, which is in it; what someone has seen is nobody else's business"
    )
    __table_args__ = (
        UniqueConstraint("message_id", "person_id"),
        Index("ix_message_mention_person", "person_id", "id"),
        Index("ix_message_mention_unseen", "person_id", "id", postgresql_where=text("seen_at IS NULL")),
    )

    id: Mapped[Key]
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    created_at: Mapped[CreatedAt]
    seen_at: Mapped[Moment | None]
