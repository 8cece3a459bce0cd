from sqlalchemy import CheckConstraint, Integer
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, NotInFeed


class Desk(Base):
    """What this desk is, in a single row. `is_demo`: Lodge invented its campus. `lodge up --demo` and `lodge seed` do
    nothing to any other desk. It is null until something is begun with a new desk."""

    __tablename__ = "desk"
    change_feed = NotInFeed("only the `lodge` command reads it")
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    is_demo: Mapped[bool | None]
