from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, Moment, NotInFeed


class HandOff(Base):
    """A code with which a browser fetches its token once. `browser` is the mark of the browser that it is for."""

    __tablename__ = "hand_off"
    change_feed = NotInFeed("lives for half a minute; the sign-in that it leads to is in the feed")

    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    browser: Mapped[str] = mapped_column(String(32))
    expires_at: Mapped[Moment]
