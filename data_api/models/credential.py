from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, InFeed, Key


class Credential(Base):
    """The username and the password with which a person signs in. `username_key` is the `name_key` of the username, so
    that spellings that look the same are one. Only the argon2id hash of the password is kept."""

    __tablename__ = "credential"
    change_feed = InFeed(("changed_at",))

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    username: Mapped[str] = mapped_column(String(100))
    username_key: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[CreatedAt]
