"""Files under a ticket: what an upload answers, what messages and tickets list, and what may be uploaded."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from contracts.base import Id, Output

# No setting allows more files with one message or report.
MOST_WITH_ONE_TEXT = 50

AttachmentIds = Annotated[
    list[Id],
    Field(
        max_length=MOST_WITH_ONE_TEXT,
        description="Files that the same person has uploaded with POST /attachments and not used yet.",
    ),
]


class AttachmentRead(Output):
    """A file. It is downloaded at `/attachments/{id}`, and shown small, if `has_thumbnail`, at
    `/attachments/{id}/thumbnail`."""

    id: int
    name: str = Field(
        description="As it was uploaded, without paths and characters that deceive; ends as its type does."
    )
    type: str = Field(description="The media type, found from the content.")
    size: int = Field(description="In bytes.")
    has_thumbnail: bool
    ticket_id: int | None = Field(description="Null for a draft: a file that no report or message uses yet.")
    message_id: int | None = Field(description="Null for a file of the ticket itself, and for a draft.")
    uploader_id: int
    created_at: datetime


class AllowedType(Output):
    """One kind of file that may be uploaded."""

    type: str = Field(description="The media type.")
    name: str = Field(description="What people call it.")
    extensions: list[str] = Field(description="The first is given to a file whose name has none of them.")
    max_bytes: int


class AttachmentRules(Output):
    """What may be uploaded. Files are judged by their content, not by their names."""

    types: list[AllowedType]
    max_with_one_text: int = Field(description="How many files one report or one message may have.")
    keep_drafts_hours: int = Field(description="A draft that is not used is deleted after this time.")
