"""Mentions: the people whom a message names with @."""

from datetime import datetime

from pydantic import Field

from contracts.base import Id, Input, Output, Paragraphs, SearchText
from contracts.messages import MOST_MENTIONS
from contracts.pages import MAX_LIMIT, PageQuery
from contracts.people import PersonBrief


class MentionQuery(PageQuery):
    unseen: bool = Field(default=False, description="Only those whose ticket I have not opened since.")


class MentionRead(Output):
    """A message that mentions me. `said` is its beginning."""

    id: int
    ticket_id: int
    ticket_title: str
    message_id: int
    author: PersonBrief
    said: str
    is_internal: bool
    created_at: datetime
    seen_at: datetime | None


class MentionableQuery(Input):
    """Selects people whom a message of a ticket can mention. Without `q`, those who have to do with the ticket come
    first."""

    q: SearchText = Field(default="", description="How a word of the name begins.")
    is_internal: bool = Field(default=False, description="For an internal note, which only staff read.")
    limit: int = Field(default=8, ge=1, le=MAX_LIMIT)


class MentionCheck(Input):
    """A message before it is sent. `mentions` are the people who were chosen already."""

    body: Paragraphs
    is_internal: bool = Field(default=False, description="An internal note, which only staff read.")
    mentions: list[Id] = Field(default=[], max_length=MOST_MENTIONS)


class MentionCheckRead(Output):
    """Whom the message would mention. The names are as they were typed, without the @."""

    mentions: list[PersonBrief]
    unknown: list[str] = Field(description="Names of nobody who may read the message.")
    ambiguous: list[str] = Field(description="Names of several people who may read it, so that nobody is mentioned.")
