from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import ARRAY, INT4MULTIRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, InFeed, Key

MINUTES_A_WEEK = 7 * 24 * 60


class Person(Base):
    """A person on the campus. `roles` are slugs of roles. `entry_key` finds a person again who signs in by choosing a
    role and a name, or who comes from an import. `email` is in lower case. `capacity` is how many tickets they can work
    on at the same time; null means any number. `working_hours` are minutes of the week by the clock on the campus, from
    Monday 0:00; null means always. `away_until` is the last day of an absence. Who is deactivated cannot sign in, and
    no ticket can be assigned to them."""

    __tablename__ = "person"
    change_feed = InFeed(("roles", "team_id", "capacity", "deactivated_at"))
    __table_args__ = (
        CheckConstraint("cardinality(roles) > 0", name="roles"),
        CheckConstraint("email = lower(email)", name="email"),
        CheckConstraint("capacity >= 0", name="capacity"),
        CheckConstraint("away_until >= away_from", name="away"),
        CheckConstraint(f"working_hours <@ '{{[0,{MINUTES_A_WEEK})}}'::int4multirange", name="working_hours"),
        Index("ix_person_name", "name", "id"),
        Index("ix_person_search", text("lodge_search(name)"), postgresql_using="gin"),
        # Finds names that are spelt alike.
        Index("ix_person_alike", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
        Index("ix_person_roles", "roles", postgresql_using="gin"),
        # With this operator class the index finds the beginnings of addresses too, whatever the database's collation.
        Index("uq_person_email", "email", unique=True, postgresql_ops={"email": "varchar_pattern_ops"}),
    )

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(100))
    roles: Mapped[list[str]] = mapped_column(ARRAY(String))
    entry_key: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[CreatedAt]
    email: Mapped[str | None] = mapped_column(String(254))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    capacity: Mapped[int | None]
    away_from: Mapped[date | None]
    away_until: Mapped[date | None]
    working_hours: Mapped[Sequence[Range[int]] | None] = mapped_column(INT4MULTIRANGE)
    deactivated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(server_default="1")
