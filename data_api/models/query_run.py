from sqlalchemy import BigInteger, Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, Key, NotInFeed


class QueryRun(Base):
    """A statement that somebody ran in the SQL lab. Only the latest of each person are kept."""

    __tablename__ = "query_run"
    change_feed = NotInFeed("each person's own notes, which only that person reads")
    __table_args__ = (Index("ix_query_run_person", "person_id", "id"),)

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    sql: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    elapsed_ms: Mapped[float] = mapped_column(Float)
    rows: Mapped[int | None] = mapped_column(BigInteger)
    ran_at: Mapped[CreatedAt]
