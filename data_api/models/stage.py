from sqlalchemy import CheckConstraint, Integer, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, InFeed, Key


class Stage(Base):
    """A column of the board: a step within a status. A ticket that gets a status enters the first stage of that status.

    When the requester answers a ticket in a stage with `waits_for_requester`, the ticket moves to another stage of the
    same status: the first with `work_resumes_here`, or else the first that does not wait for the requester. No code
    refers to a stage by its slug or name. `wip_limit` (work in progress) is how many tickets the stage should have at
    most; it is shown, and keeps no ticket out. A stage never changes its status.
    """

    __tablename__ = "stage"
    change_feed = InFeed(
        ("slug", "name", "status", "position", "waits_for_requester", "work_resumes_here", "wip_limit")
    )
    __table_args__ = (
        CheckConstraint("status IN ('open', 'active', 'closed')", name="status"),
        CheckConstraint("wip_limit > 0", name="wip_limit"),
        UniqueConstraint("position", deferrable=True, initially="DEFERRED"),
    )

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    status: Mapped[str] = mapped_column(String(10))
    position: Mapped[int]
    waits_for_requester: Mapped[bool] = mapped_column(server_default=false())
    work_resumes_here: Mapped[bool] = mapped_column(server_default=false())
    wip_limit: Mapped[int | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")
