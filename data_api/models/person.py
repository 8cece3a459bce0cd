from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from contracts.people import Role
from data_api.models.base import Base, CreatedAt, InFeed, Key

KNOWN_ROLES = ", ".join(f"'{role}'" for role in Role)


class Person(Base):
    """A person on the campus. `entry_key` finds a person again who signs in by choosing a role and a name, or who comes
    from an import."""

    __tablename__ = "person"
    change_feed = InFeed(("roles",))
    __table_args__ = (
        CheckConstraint(f"roles <@ ARRAY[{KNOWN_ROLES}]::varchar[] AND cardinality(roles) > 0", name="roles"),
        Index("ix_person_name", "name", "id"),
        Index("ix_person_search", text("lodge_search(name)"), postgresql_using="gin"),
        Index("ix_person_roles", "roles", postgresql_using="gin"),
    )

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(100))
    roles: Mapped[list[str]] = mapped_column(ARRAY(String))
    entry_key: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[CreatedAt]
