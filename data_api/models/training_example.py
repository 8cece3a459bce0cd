from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    false,
    literal_column,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, Key, NotInFeed

IS_ACTIVE: ColumnElement[bool] = literal_column("is_active")


class TrainingExample(Base):
    """A text that is known to belong to a category. `weight` is how much it counts in the regression. A check text is
    not learned from: new models are checked with it. `embedding` holds 512 little-endian 32-bit floats, made by
    `encoder_version`; an example without an embedding is not used yet. `revision` is the revision of `learning` in
    which the example last changed. In the database, `is_check_text` has an older name."""

    __tablename__ = "training_example"
    change_feed = NotInFeed("predictions look for new ones themselves, and it holds people's words")
    __table_args__ = (
        CheckConstraint("source IN ('seed', 'admin', 'staff', 'requester')", name="source"),
        Index("ix_training_example_category", "category_id", "id", postgresql_where=IS_ACTIVE),
        Index("uq_training_example_text_key", "text_key", unique=True, postgresql_where=IS_ACTIVE),
    )

    id: Mapped[Key]
    text: Mapped[str]
    text_key: Mapped[bytes] = mapped_column(LargeBinary)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id", ondelete="CASCADE"))
    source: Mapped[str] = mapped_column(String(10))
    weight: Mapped[int] = mapped_column(SmallInteger)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    is_active: Mapped[bool] = mapped_column(server_default=true())
    is_check_text: Mapped[bool] = mapped_column("is_golden", key="is_check_text", server_default=false())
    embedding: Mapped[bytes | None] = mapped_column(LargeBinary)
    encoder_version: Mapped[int | None] = mapped_column(SmallInteger)
    revision: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[CreatedAt]
