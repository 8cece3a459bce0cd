"""The ticket: what is sent to report and change one, and what comes back."""

from datetime import datetime
from enum import StrEnum

from pydantic import ConfigDict, Field

from contracts.base import Id, Input, Line, Output, Paragraphs, Room, Slug, Tag, Version
from contracts.people import PersonBrief


class Status(StrEnum):
    OPEN = "open"
    ACTIVE = "active"
    CLOSED = "closed"


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class WaitsFor(StrEnum):
    """Whose turn it is, after the last public message."""

    DESK = "desk"
    REQUESTER = "requester"


class TicketSort(StrEnum):
    """The orders a list can have; a minus stands for latest or highest first."""

    OPENED_FIRST = "opened_at"
    OPENED_LAST = "-opened_at"
    MODIFIED_FIRST = "modified_at"
    MODIFIED_LAST = "-modified_at"
    PRIORITY_LOWEST = "priority"
    PRIORITY_HIGHEST = "-priority"


class TicketCreate(Input):
    """A report. The title is drawn from the description's first line when it is left out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "description": "The elevator in the main library is stuck on the second floor.",
                    "building": "main-library",
                }
            ]
        }
    )

    description: Paragraphs
    title: Line | None = None
    priority: Priority = Priority.NORMAL
    category: Slug | None = Field(default=None, description="The default category when left out.")
    building: Slug | None = None
    room: Room | None = None
    requester: Id | None = Field(default=None, description="Staff only: the person this is reported for.")


class TicketUpdate(Input):
    """Fields left out stay as they are; null empties those that may be empty. Requesters may change title,
    description, building and room only."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"version": 1, "priority": "high", "room": "2.14"}]})

    version: Version = Field(description="The version that was seen; a stale one is 409 with the present ticket.")
    title: Line | None = None
    description: Paragraphs | None = None
    priority: Priority | None = None
    category: Slug | None = None
    building: Slug | None = None
    room: Room | None = None
    assignee: Id | None = None
    stage: Slug | None = Field(default=None, description="A stage of another status is that transition.")
    is_confidential: bool | None = None
    tags: list[Tag] | None = Field(default=None, max_length=20)


class StatusChange(Input):
    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "active", "version": 1}]})

    status: Status
    version: Version | None = None


class TicketRead(Output):
    """A ticket as the asking person sees it; `allowed_statuses` and `editable` are what that person may do."""

    id: int
    title: str
    description: str
    status: Status
    stage: str
    category: str
    priority: Priority
    building: str | None
    room: str | None
    requester: PersonBrief
    assignee: PersonBrief | None
    opened_at: datetime
    modified_at: datetime
    closed_at: datetime | None
    first_response_at: datetime | None
    version: int
    is_confidential: bool
    waits_for: WaitsFor | None = Field(description="Null when closed.")
    last_message_at: datetime | None = Field(description="The last public message.")
    tags: list[str]
    is_followed: bool = Field(description="Whether the asking person follows it.")
    allowed_statuses: list[Status]
    editable: list[str]


class EventKind(StrEnum):
    OPENED = "opened"
    STATUS = "status"
    STAGE = "stage"
    ASSIGNEE = "assignee"
    CATEGORY = "category"
    PRIORITY = "priority"
    BUILDING = "building"
    ROOM = "room"
    TITLE = "title"
    DESCRIPTION = "description"
    CONFIDENTIAL = "confidential"
    TAGS = "tags"


class TicketEventRead(Output):
    """One line of a ticket's history. `from` and `to` are values as people read them; null where there was none."""

    model_config = ConfigDict(populate_by_name=True, frozen=True)

    id: int
    ticket_id: int
    kind: str
    from_value: str | None = Field(alias="from")
    to_value: str | None = Field(alias="to")
    actor: PersonBrief | None
    occurred_at: datetime
