from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, CreatedAt, Key, NotInFeed


class ImportBatch(Base):
    """One run of `lodge import`, and what it brought. Only one import runs at a time, so these are exactly its
    tickets: those of this `source` whose ids are from `first_ticket_id` to `last_ticket_id`; and its people are
    those of this source from `first_person_id` to `last_person_id`. Lines of their history after `last_event_id`
    were written later, and so were messages, files and links after `last_message_id`, `last_attachment_id` and
    `last_link_id`. `buildings` and `categories` are the entries that it added to these lists: names, keyed by id.
    When it was undone, `kept_tickets` says how many of its tickets stayed because people had worked on them."""

    __tablename__ = "import_batch"
    change_feed = NotInFeed("only `lodge import` reads it")

    id: Mapped[Key]
    source: Mapped[str] = mapped_column(String(60))
    file: Mapped[str] = mapped_column(String(255))
    imported_at: Mapped[CreatedAt]
    tickets: Mapped[int] = mapped_column(Integer)
    people: Mapped[int] = mapped_column(Integer)
    buildings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    categories: Mapped[dict[str, Any]] = mapped_column(JSONB)
    first_ticket_id: Mapped[int] = mapped_column(BigInteger)
    last_ticket_id: Mapped[int] = mapped_column(BigInteger)
    first_person_id: Mapped[int] = mapped_column(BigInteger)
    last_person_id: Mapped[int] = mapped_column(BigInteger)
    last_event_id: Mapped[int] = mapped_column(BigInteger)
    last_message_id: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    last_attachment_id: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    last_link_id: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    undone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    kept_tickets: Mapped[int | None] = mapped_column(Integer)
