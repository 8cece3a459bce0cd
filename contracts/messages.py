"""The messages of a ticket."""

from datetime import datetime
from enum import StrEnum

from pydantic import ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from contracts.attachments import AttachmentIds, AttachmentRead
from contracts.base import Id, Input, MayBeEmpty, Output
from contracts.pages import PageQuery
from contracts.people import PersonBrief, Role

MOST_MENTIONS = 20


class MessageSort(StrEnum):
    OLDEST_FIRST = "created_at"
    LATEST_FIRST = "-created_at"


class MessageQuery(PageQuery):
    sort: MessageSort = MessageSort.OLDEST_FIRST


class MessageCreate(Input):
    model_config = ConfigDict(json_schema_extra={"examples": [{"body": "A technician comes at ten."}]})

    # Before the text, which may be empty if there are any.
    attachments: AttachmentIds = Field(default=[])
    body: MayBeEmpty = Field(
        default="", validate_default=True, description="May be empty, or left out, if there is at least one file."
    )
    is_internal: bool = Field(default=False, description="Staff only: a note that requesters never see.")
    reply_to: Id | None = Field(default=None, description="A message of the same ticket; threads are one level deep.")
    mentions: list[Id] = Field(
        default=[],
        max_length=MOST_MENTIONS,
        description="People whom the text names with @, and who may read it: they find it under their mentions. "
        "Whoever is named there without doubt is mentioned also without this.",
    )
    canned_reply_id: Id | None = Field(
        default=None,
        description="Staff only: the canned reply that the text comes from, so that its use is counted.",
    )

    @field_validator("body")
    @classmethod
    def says_something(cls, body: str, others: ValidationInfo) -> str:
        if not body and not others.data.get("attachments"):
            raise PydanticCustomError("string_too_short", "String should have at least 1 character, or a file with it")
        return body


class Seen(Input):
    """How far somebody has read a ticket's messages."""

    message: Id | None = Field(default=None, description="The last one shown; all when left out.")


class MessageAuthor(PersonBrief):
    role: Role = Field(description="The role the author spoke in: student for the requester's side.")
    is_staff: bool = Field(description="Whether the author spoke for the helpdesk; if not, for the requester's side.")


class MessageRead(Output):
    id: int
    ticket_id: int
    author: MessageAuthor
    body: str = Field(description="Empty if it was sent as files only.")
    is_internal: bool
    reply_to: int | None
    created_at: datetime
    attachments: list[AttachmentRead] = Field(default=[])
    mentions: list[PersonBrief] = Field(default=[], description="People whom the text names with @.")
