"""Tickets: the requests that report, change and list them, and the answers."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from contracts.assignment import AssignmentReason
from contracts.attachments import AttachmentIds, AttachmentRead
from contracts.base import Id, Input, Line, Output, Paragraphs, Room, SearchText, Slug, Tag, Version
from contracts.pages import MAX_LIMIT, Cursor, PageQuery
from contracts.people import PersonBrief


class Status(StrEnum):
    OPEN = "open"
    ACTIVE = "active"
    CLOSED = "closed"


NOT_CLOSED = [Status.OPEN, Status.ACTIVE]


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class WaitsFor(StrEnum):
    """Whose turn it is to answer the last public message."""

    DESK = "desk"
    REQUESTER = "requester"


class ClosedReason(StrEnum):
    SOLVED = "solved"
    NO_LONGER_NEEDED = "no-longer-needed"
    DUPLICATE = "duplicate"


class TicketSort(StrEnum):
    """The orders that a list can have; a minus means that the latest or highest comes first. `last_word` is the moment
    of the last public message. Tickets without a value come last in both directions."""

    OPENED_FIRST = "opened_at"
    OPENED_LAST = "-opened_at"
    MODIFIED_FIRST = "modified_at"
    MODIFIED_LAST = "-modified_at"
    CLOSED_FIRST = "closed_at"
    CLOSED_LAST = "-closed_at"
    LAST_WORD_FIRST = "last_word"
    LAST_WORD_LAST = "-last_word"
    PRIORITY_LOWEST = "priority"
    PRIORITY_HIGHEST = "-priority"
    REPORTS_FEWEST = "reports"
    REPORTS_MOST = "-reports"


MOST_TAGS = 20  # on one ticket


DESPITE = "closes it although tickets that are not closed block it."


class TicketCreate(Input):
    """A report. If the title is left out, it is made from the description's first line."""

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
    category: Slug | None = Field(default=None, description="What the words suggest when left out.")
    building: Slug | None = None
    room: Room | None = None
    requester: Id | None = Field(default=None, description="Staff only: the person this is reported for.")
    assignee: Id | None = Field(default=None, description="Staff only: the person who works on it.")
    team: Slug | None = Field(default=None, description="Staff only: the team whose queue it is in.")
    tags: list[Tag] = Field(default=[], max_length=MOST_TAGS, description="Staff only.")
    is_confidential: bool = Field(
        default=False,
        description="Only the requester, those with tickets:read-confidential and the people named on it may read it.",
    )
    attachments: AttachmentIds = Field(default=[])


class TicketUpdate(Input):
    """Fields that are left out stay as they are; null clears a field that may be empty. Requesters may change only
    title, description, building and room."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"version": 1, "priority": "high", "room": "2.14"}]})

    version: Version = Field(description="The version that was seen; a stale one is 409 with the present ticket.")
    title: Line | None = None
    description: Paragraphs | None = None
    priority: Priority | None = None
    category: Slug | None = None
    building: Slug | None = None
    room: Room | None = None
    assignee: Id | None = Field(default=None, description="Leaves the team as it is.")
    team: Slug | None = Field(default=None, description="Leaves the assignee as they are.")
    stage: Slug | None = Field(default=None, description="A stage of another status is that transition.")
    is_confidential: bool | None = None
    tags: list[Tag] | None = Field(default=None, max_length=MOST_TAGS)
    despite_blockers: bool = Field(default=False, description=f"Goes with a stage of closed tickets: {DESPITE}")

    @field_validator("title", "description", "priority", "category", "stage", "is_confidential", "tags", mode="before")
    @classmethod
    def is_never_empty(cls, value: object) -> object:
        if value is None:
            raise ValueError("cannot be null; leave it out to keep it as it is")
        return value


def _without_empty(value: object) -> object:
    """Removes empty values. `?status=` means no filter, because that is how a form sends an empty field."""
    if isinstance(value, list):
        return [item for item in value if item != ""]
    return None if value == "" else value


WithoutEmpty = BeforeValidator(_without_empty)
MANY = 50
MAX_REPORTS = 2**31 - 1
PersonFilter = Annotated[str, Field(pattern=r"^(me|[1-9][0-9]{0,17})$")]
# `my-team`: everybody in the team of the person who asks.
AssigneeFilter = Annotated[str, Field(pattern=r"^(me|none|my-team|[1-9][0-9]{0,17})$")]


class TicketFilters(Input):
    """The filters of a list. Several values of one filter mean any of them; several filters mean all of them. A moment
    without a zone is read in the campus's time zone."""

    status: Annotated[list[Status], WithoutEmpty] = Field(default=[], max_length=MANY)
    stage: Annotated[list[Slug], WithoutEmpty] = Field(default=[], max_length=MANY)
    category: Annotated[list[Slug], WithoutEmpty] = Field(default=[], max_length=MANY)
    priority: Annotated[list[Priority], WithoutEmpty] = Field(default=[], max_length=MANY)
    assignee: Annotated[list[AssigneeFilter], WithoutEmpty] = Field(default=[], max_length=MANY)
    team: Annotated[list[Slug], WithoutEmpty] = Field(
        default=[], max_length=MANY, description="Teams; `my-team` is one's own, `none` finds tickets without one."
    )
    requester: Annotated[list[PersonFilter], WithoutEmpty] = Field(default=[], max_length=MANY)
    building: Annotated[list[Slug], WithoutEmpty] = Field(default=[], max_length=MANY)
    room: Annotated[Room | None, WithoutEmpty] = Field(
        default=None, description="How the room begins; upper and lower case are the same."
    )
    tag: Annotated[list[Tag], WithoutEmpty] = Field(default=[], max_length=MANY)
    waits_for: Annotated[list[WaitsFor], WithoutEmpty] = Field(default=[], max_length=MANY)
    blocked: Annotated[bool | None, WithoutEmpty] = Field(
        default=None,
        description="true: only tickets that wait for others, of those that may be read; false: only those that do "
        "not. Closed tickets wait for nothing, and nothing waits for them.",
    )
    followed: Annotated[bool | None, WithoutEmpty] = None
    confidential: Annotated[bool | None, WithoutEmpty] = Field(
        default=None, description="true: only confidential tickets, of those that may be read."
    )
    q: Annotated[SearchText | None, WithoutEmpty] = Field(
        default=None, description="Words, or a number: as #42, or as it was before an import."
    )
    opened_after: Annotated[datetime | None, WithoutEmpty] = None
    opened_before: Annotated[datetime | None, WithoutEmpty] = None
    modified_after: Annotated[datetime | None, WithoutEmpty] = None
    modified_before: Annotated[datetime | None, WithoutEmpty] = None
    closed_after: Annotated[datetime | None, WithoutEmpty] = None
    closed_before: Annotated[datetime | None, WithoutEmpty] = None
    reports_at_least: Annotated[int | None, WithoutEmpty] = Field(default=None, ge=1, le=MAX_REPORTS)


class TicketSelection(TicketFilters):
    """The filters of a list, and its order: a whole list, or the first of it."""

    sort: Annotated[TicketSort, BeforeValidator(lambda value: value or TicketSort.OPENED_LAST)] = TicketSort.OPENED_LAST


class TicketQuery(TicketSelection):
    """The filters of a list, its order, and which of its pages."""

    limit: int = Field(default=50, ge=1, le=MAX_LIMIT)
    cursor: Annotated[Cursor | None, WithoutEmpty] = None


class StatusChange(Input):
    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "active", "version": 1}]})

    status: Status
    version: Version | None = None
    reason: ClosedReason | None = Field(default=None, description="Why it is closed; solved when left out.")
    starts_work: bool = Field(
        default=False, description="Goes with the status closed: makes an open ticket active first, in the same step."
    )
    despite_blockers: bool = Field(default=False, description=f"Goes with the status closed: {DESPITE}")

    @field_validator("reason")
    @classmethod
    def only_closing_has_a_reason(cls, reason: ClosedReason | None, others: ValidationInfo) -> ClosedReason | None:
        if reason is not None and others.data.get("status", Status.CLOSED) is not Status.CLOSED:
            raise ValueError("goes with the status closed only")
        return reason

    @field_validator("starts_work", "despite_blockers")
    @classmethod
    def only_closing_is_done_so(cls, is_said: bool, others: ValidationInfo) -> bool:
        if is_said and others.data.get("status", Status.CLOSED) is not Status.CLOSED:
            raise ValueError("goes with the status closed only")
        return is_said


class TicketRead(Output):
    """A ticket as the asking person sees it. `allowed_statuses` are the statuses that this person may give it,
    `editable` the fields that this person may change."""

    id: int
    external_number: str | None = Field(
        default=None, description="What it was called on the helpdesk that it was imported from."
    )
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
    team: str | None = Field(default=None, description="The team whose queue it is in.")
    assigned_because: AssignmentReason | None = Field(
        default=None,
        description="Why Lodge gave it to its assignee, or left it to the team; null after a change by hand, and for "
        "those who are not staff.",
    )
    opened_at: datetime
    modified_at: datetime
    closed_at: datetime | None
    first_response_at: datetime | None
    version: int
    reports: int = Field(description="Itself, and everybody who confirmed it.")
    closed_reason: ClosedReason | None
    is_confidential: bool
    waits_for: WaitsFor | None = Field(description="Null when closed.")
    last_message_at: datetime | None = Field(description="The last public message.")
    last_message_by: PersonBrief | None = Field(default=None, description="Who wrote the last public message.")
    tags: list[str]
    attachments: list[AttachmentRead] = Field(
        default=[], description="The files of the ticket itself; those of messages are listed with the messages."
    )
    is_followed: bool = Field(description="Whether the asking person follows it.")
    allowed_statuses: list[Status]
    editable: list[str]


class ReadsBecause(StrEnum):
    """Why somebody may read a ticket. `administrator`: their permissions open every confidential ticket."""

    REQUESTER = "requester"
    ASSIGNEE = "assignee"
    FOLLOWER = "follower"
    ADMINISTRATOR = "administrator"


class ReaderRead(PersonBrief):
    """A person who may read a confidential ticket, and all the reasons why. A follower who may not read all tickets
    reads it until it is closed."""

    because: list[ReadsBecause]


class EventKind(StrEnum):
    OPENED = "opened"
    STATUS = "status"
    STAGE = "stage"
    ASSIGNEE = "assignee"
    TEAM = "team"
    CATEGORY = "category"
    PRIORITY = "priority"
    BUILDING = "building"
    ROOM = "room"
    TITLE = "title"
    DESCRIPTION = "description"
    CONFIDENTIAL = "confidential"
    FOLLOWER = "follower"  # from: whom staff removed; to: whom they added
    TAGS = "tags"
    ATTACHMENT = "attachment"  # from: the name of a file that was deleted; to: of one that was added
    LINK = "link"  # from: the `LinkKind` of a link that was removed; to: of one that was added
    BLOCKER = "blocker"  # a ticket that blocks this one went from one status to another


TEXTS = (EventKind.TITLE, EventKind.DESCRIPTION)


class HistoryAct(StrEnum):
    """What can be done with a former title or description."""

    TAKE_BACK = "take-back"
    BLANK = "blank"


class HistorySort(StrEnum):
    OLDEST_FIRST = "occurred_at"
    LATEST_FIRST = "-occurred_at"


class HistoryQuery(PageQuery):
    sort: HistorySort = HistorySort.OLDEST_FIRST


class TakeBack(Input):
    model_config = ConfigDict(json_schema_extra={"examples": [{"version": 2}]})

    version: Version = Field(description="The version that was seen; a stale one is 409 with the present ticket.")


class TicketEventRead(Output):
    """One event of a ticket's history. `from` and `to` are values as people read them; null means that there was no
    value. The texts of a changed title or description are returned to staff, the requester and whoever changed it; for
    everybody else they are null, and `is_told` is false. A text that staff blanked is null for everybody; `blanked_by`
    and `blanked_at` say who blanked the former text, and when. A text from before former texts were stored is null too.
    `allowed` is what the asking person may do with the former text. `other_ticket` is the linked ticket that the event
    is about; an event about a ticket that the asking person may not read is left out. `is_automatic`: Lodge did this by
    itself, and `actor` is null; staff are told the `reason`."""

    model_config = ConfigDict(populate_by_name=True, frozen=True)

    id: int
    ticket_id: int
    kind: str
    from_value: str | None = Field(alias="from")
    to_value: str | None = Field(alias="to")
    actor: PersonBrief | None
    occurred_at: datetime
    blanked_by: PersonBrief | None = None
    blanked_at: datetime | None = None
    is_told: bool = True
    is_automatic: bool = False
    reason: AssignmentReason | None = None
    other_ticket: int | None = None
    allowed: list[HistoryAct] = Field(default_factory=list)
