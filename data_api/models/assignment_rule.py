from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, SmallInteger, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, InFeed, Key


class AssignmentRule(Base):
    """A rule that says which team a new ticket goes to. The first one by `position` that is on and fits decides. An
    empty array is a condition that every ticket meets. `words` are as they were typed, and `query` is what is searched
    for; it is null where there are no words. `confidential`: whether the rule is about confidential tickets: never,
    also, or only. Categories and buildings are stored by id: were a row of each that goes when the category goes, a
    rule whose last condition went would fit every ticket."""

    __tablename__ = "assignment_rule"
    # Its name and words may say what was reported.
    change_feed = InFeed(("position", "is_on", "confidential", "team_id"))
    __table_args__ = (
        CheckConstraint("confidential IN ('never', 'also', 'only')", name="confidential"),
        UniqueConstraint("position", deferrable=True, initially="DEFERRED"),
    )

    id: Mapped[Key]
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    is_on: Mapped[bool]
    category_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    building_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    priorities: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    words: Mapped[list[str]] = mapped_column(ARRAY(String))
    query: Mapped[str | None] = mapped_column(TSQUERY)
    confidential: Mapped[str] = mapped_column(String(10))
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[CreatedAt]
    modified_at: Mapped[CreatedAt]
