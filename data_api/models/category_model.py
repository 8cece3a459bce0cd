from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, Index, Integer, LargeBinary, String, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, Key, NotInFeed


class CategoryModel(Base):
    """A version of the model that predicts categories, trained on the examples up to `revision`. `weights` is a matrix
    of (513, categories) little-endian 64-bit floats, row by row; the last row is for the constant. `recalls` is keyed
    by category id. `check_texts` says how many check texts there were when it was trained. Exactly one version is
    current."""

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
    """The state of learning, in a single row. A transaction that changes examples, models or categories first raises
    `revision`, which makes it wait for the transaction before it. So a higher revision was always committed later, and
    whoever has read one revision has read everything before it. `news` counts the examples that were added, changed or
    deleted since the newest model was trained; it is stored because deleted examples cannot be counted later."""

    __tablename__ = "learning"
    change_feed = NotInFeed("predictions look at its revision themselves")
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(BigInteger)
    is_seeded: Mapped[bool] = mapped_column(server_default=text("false"))
    news: Mapped[int] = mapped_column(Integer, server_default="0")
