from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, NotInFeed


class PersonBuilding(Base):
    """A building that a person knows about."""

    __tablename__ = "person_building"
    change_feed = NotInFeed("the person's version says that they were changed")

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    building_id: Mapped[int] = mapped_column(
        ForeignKey("building.id", ondelete="CASCADE"), primary_key=True, index=True
    )
