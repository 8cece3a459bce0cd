from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, Index, Integer, LargeBinary, String, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, Key, NotInFeed


class CategoryModel(Base):
    """A version of what was learned, up to a revision of the examples. `weights` holds (513, categories) little-endian
    floats of 64 bits, row by row; `recalls` goes by category id. `check_texts`: how many there were when
    it was trained. Exactly one is current.
    """

    __tablename__ = "category_model"
    change_feed = NotInFeed("predictions look for the newest themselves")
    __table_args__ = (
        CheckConstraint("outcome IN ('first', 'promoted', 'refused')", name="outcome"),
        Index("uq_category_model_is_current", "is_current", unique=True, postgresql_where=text("is_current")),
    )

    id: Mapped[Key]
    revision: Mapped[int] = mapped_column(BigInteger)
    category_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    weights: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    temperature: Mapped[float] = mapped_column(Float)
    examples: Mapped[int] = mapped_column(Integer)
    check_texts: Mapped[int] = mapped_column("golden", Integer, key="check_texts")
    accuracy: Mapped[float | None] = mapped_column(Float)
    recalls: Mapped[dict[str, Any]] = mapped_column(JSONB)
    outcome: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(500), server_default="")
    is_current: Mapped[bool] = mapped_column(server_default=text("false"))
    promoted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]


class LearningState(Base):
    """One row. Whoever changes examples, models or categories raises its revision first, and so waits for the one
    before: what has a higher revision was committed later, and who knows a revision has everything up to it. `news`
    counts the examples that came, changed or went since the newest model looked at them: those that went cannot be
    counted any more."""

    __tablename__ = "learning"
    change_feed = NotInFeed("predictions look at its revision themselves")
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(BigInteger)
    is_seeded: Mapped[bool] = mapped_column(server_default=text("false"))
    news: Mapped[int] = mapped_column(Integer, server_default="0")
