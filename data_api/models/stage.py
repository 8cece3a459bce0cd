from sqlalchemy import CheckConstraint, String, false
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, InFeed, Key


class Stage(Base):
    """A column of the board: a step inside a status. The first of a status is where a ticket enters it.

    A ticket in a stage that `waits_for_requester` leaves it when its requester answers, for the first stage of the same
    status where `work_resumes_here`. No code knows a stage by its slug or its name.
    """

    __tablename__ = "stage"
    change_feed = InFeed(("slug", "name", "status", "position", "waits_for_requester", "work_resumes_here"))
    __table_args__ = (CheckConstraint("status IN ('open', 'active', 'closed')", name="status"),)

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    status: Mapped[str] = mapped_column(String(10))
    position: Mapped[int]
    waits_for_requester: Mapped[bool] = mapped_column(server_default=false())
    work_resumes_here: Mapped[bool] = mapped_column(server_default=false())
