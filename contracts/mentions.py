"""Mentions: the people whom a message names with @."""

from datetime import datetime

from pydantic import Field

from contracts.base import Input, Output, SearchText
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
