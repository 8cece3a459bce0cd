from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Computed,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from data_api.models.base import Base, InFeed, Key, Moment

NOT_CLOSED = text("status <> 'closed'")
# A ticket is opened, then written under and closed, and changed with each of these. An import may bring other moments.
OUT_OF_ORDER = (
    "opened_at > least(closed_at, last_message_at, modified_at) OR modified_at < greatest(closed_at, last_message_at)"
)
# More than a week after its closing, in seconds: a difference of far moments is no interval.
CHANGED_LATE = (
    "extract(epoch FROM timezone('UTC', modified_at)) - extract(epoch FROM timezone('UTC', closed_at)) > 604800"
)
# The text that is searched. A migration creates the function; see docs/adr/0023-words.md.
SEARCHED = "lodge_search(title || ' ' || description)"
# The form of the id that an import generates for a row without a number: nobody ever knew the ticket by such an id.
MADE_UP_ID = "^[0-9a-f]{32}-[0-9]+$"
FILTERED = [
    *("priority", "category_id", "building_id", "requester_id", "assignee_id", "team_id"),
    *("is_confidential", "waits_for", "reports"),
]
IN_A_ROOM = [
    *("room", "id", "status", "requester_id", "assignee_id", "is_confidential", "priority", "reports"),
    *("opened_at", "modified_at", "closed_at", "last_message_at"),
]


class Ticket(Base):
    """A problem that somebody reported.

    `waits_for` says whose turn it is. It follows from the last public message, and is stored so that the queue can
    filter by it; it is null on closed tickets. `category_by` says who chose the category; it is null on tickets that
    are older than this column. `assigned_because` is the `AssignmentReason` of an automatic assignment, until somebody
    changes the team or the assignee. `reports` counts the report itself and the people who confirmed it. `priority` is
    0 (low) to 3 (urgent). `source` and `source_id` say which record of which import this ticket was; `source_id` is the
    number that people knew it by, unless it matches `MADE_UP_ID`. Most indexes serve one filter of the queue in the
    order in which it is shown.
    """

    __tablename__ = "ticket"
    change_feed = InFeed(
        (
            "status",
            "stage_id",
            "category_id",
            "priority",
            "building_id",
            "room",
            "requester_id",
            "assignee_id",
            "is_confidential",
            "waits_for",
            "closed_reason",
            "opened_at",
            "modified_at",
            "closed_at",
            "first_response_at",
            "last_message_at",
            "last_message_author_id",
            "version",
            "team_id",
        )
    )
    __table_args__ = (
        CheckConstraint("status IN ('open', 'active', 'closed')", name="status"),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
        CheckConstraint("waits_for IN ('desk', 'requester')", name="waits_for"),
        CheckConstraint("priority BETWEEN 0 AND 3", name="priority"),
        CheckConstraint("category_by IN ('predicted', 'requester', 'staff', 'import', 'default')", name="category_by"),
        UniqueConstraint("source", "source_id"),
        Index("ix_ticket_opened", "opened_at", "id"),
        Index("ix_ticket_modified", "modified_at", "id"),
        Index("ix_ticket_priority", "priority", "opened_at", "id"),
        Index("ix_ticket_reports", "reports", "opened_at", "id"),
        Index("ix_ticket_status", "status", "opened_at", "id"),
        Index("ix_ticket_category", "category_id", "opened_at", "id"),
        Index("ix_ticket_building", "building_id", "opened_at", "id"),
        Index("ix_ticket_assignee", "assignee_id", "opened_at", "id"),
        Index("ix_ticket_team", "team_id", "opened_at", "id"),
        Index("ix_ticket_requester", "requester_id", "opened_at", "id"),
        Index("ix_ticket_closed", "closed_at", "id", postgresql_where=text("closed_at IS NOT NULL")),
        Index("ix_ticket_last_word", "last_message_at", "id"),
        Index("ix_ticket_stage", "stage_id", "opened_at", "id", postgresql_include=["status"]),
        # The columns of the board, in their order. What the reading rule and the filters look at is in the first index
        # too, so that tickets are counted and left out without reading the table.
        Index(
            "ix_ticket_board",
            "stage_id",
            text("(- priority)"),
            "opened_at",
            "id",
            postgresql_where=NOT_CLOSED,
            postgresql_include=FILTERED,
        ),
        Index(
            "ix_ticket_board_closed",
            "stage_id",
            "closed_at",
            "id",
            postgresql_where=text("closed_at IS NOT NULL"),
        ),
        # The queue is mostly about the few tickets that are not closed. In an index of all tickets, most of the others
        # may stand before them.
        Index("ix_ticket_live", "id", postgresql_where=NOT_CLOSED),
        Index("ix_ticket_live_modified", "modified_at", "id", postgresql_where=NOT_CLOSED),
        Index("ix_ticket_live_priority", "priority", "opened_at", "id", postgresql_where=NOT_CLOSED),
        Index("ix_ticket_live_reports", "reports", "opened_at", "id", postgresql_where=NOT_CLOSED),
        Index("ix_ticket_live_team", "team_id", "opened_at", "id", postgresql_where=NOT_CLOSED),
        Index("ix_ticket_not_closed", "opened_at", "id", postgresql_where=NOT_CLOSED),
        Index("ix_ticket_waiting", "waits_for", "opened_at", "id", postgresql_where=NOT_CLOSED),
        Index(
            "ix_ticket_unassigned",
            "opened_at",
            "id",
            postgresql_where=text("status <> 'closed' AND assignee_id IS NULL"),
        ),
        Index("ix_ticket_no_team", "opened_at", "id", postgresql_where=text("status <> 'closed' AND team_id IS NULL")),
        # Who has no assignee has mostly no message either: in the order of all messages, these few are far apart.
        Index("ix_ticket_unassigned_word", "last_message_at", "id", postgresql_where=text("assignee_id IS NULL")),
        Index("ix_ticket_out_of_order", "id", postgresql_where=text(OUT_OF_ORDER)),
        Index("ix_ticket_changed_late", "modified_at", "id", postgresql_where=text(CHANGED_LATE)),
        Index("ix_ticket_confidential", "id", "requester_id", "assignee_id", postgresql_where=text("is_confidential")),
        Index(
            "ix_ticket_live_confidential",
            "id",
            "requester_id",
            "assignee_id",
            postgresql_where=text("is_confidential AND status <> 'closed'"),
        ),
        # For the counts of the overview and of views, as an index-only scan.
        Index("ix_ticket_desk", "assignee_id", "status", "waits_for", "id", postgresql_where=NOT_CLOSED),
        Index("ix_ticket_talked", "last_message_at", "id", postgresql_where=NOT_CLOSED),
        Index(
            "ix_ticket_room",
            func.lower(text("room")).label("room_begins"),
            postgresql_ops={"room_begins": "text_pattern_ops"},
            # A room in any order, as the reader sees it, is found and counted without reading the table.
            postgresql_include=IN_A_ROOM,
        ),
        Index(
            "ix_ticket_external_number",
            func.lower(text("source_id")).label("external_number"),
            postgresql_ops={"external_number": "text_pattern_ops"},
            postgresql_where=text(f"source_id !~ '{MADE_UP_ID}'"),
        ),
        Index("ix_ticket_search", "search", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    )

    id: Mapped[Key]
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str]
    status: Mapped[str] = mapped_column(String(10))
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    category_by: Mapped[str | None] = mapped_column(String(10))
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    building_id: Mapped[int | None] = mapped_column(ForeignKey("building.id"))
    room: Mapped[str | None] = mapped_column(String(60))
    requester_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    assigned_because: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    is_confidential: Mapped[bool] = mapped_column(server_default=text("false"))
    waits_for: Mapped[str | None] = mapped_column(String(10))
    closed_reason: Mapped[str | None] = mapped_column(String(20))
    opened_at: Mapped[Moment]
    modified_at: Mapped[Moment]
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    first_response_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_message_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_message_author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reports: Mapped[int] = mapped_column(Integer, server_default="1")
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    source: Mapped[str | None] = mapped_column(String(60))
    source_id: Mapped[str | None] = mapped_column(String(200))
    search: Mapped[str] = mapped_column(TSVECTOR, Computed(SEARCHED, persisted=True), deferred=True)
