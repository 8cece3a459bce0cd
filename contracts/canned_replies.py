"""Canned replies: texts that staff send again and again, with placeholders that Lodge fills in for a ticket."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field

from contracts.base import LONGEST_TAG, Input, Name, NotNull, Output, Paragraphs, SearchText, Slug, Tag, Version
from contracts.pages import MAX_LIMIT, PageQuery
from contracts.people import PersonBrief
from contracts.teams import TeamBrief

LONGEST_SHORTCUT = LONGEST_TAG
# In a filter by team: the replies that are for everybody. No team has this slug.
FOR_EVERYBODY = "none"


class Placeholder(StrEnum):
    """What can stand in braces in a canned reply."""

    REQUESTER = "requester"
    NUMBER = "number"
    AGENT = "agent"
    BUILDING = "building"


class Language(StrEnum):
    """The languages that a canned reply can be in (ISO 639-1)."""

    AR = "ar"
    CS = "cs"
    DA = "da"
    DE = "de"
    EN = "en"
    ES = "es"
    FI = "fi"
    FR = "fr"
    HU = "hu"
    IT = "it"
    NL = "nl"
    NO = "no"
    PL = "pl"
    PT = "pt"
    RU = "ru"
    SV = "sv"
    TR = "tr"
    UK = "uk"
    ZH = "zh"


IN_BRACES = re.compile(r"\{([^\W\d][\w-]*)\}")


# As they stand in a text.
PLACEHOLDERS = ", ".join(f"{{{name}}}" for name in Placeholder)


class Filled(NamedTuple):
    """A text with its placeholders filled in. `missing`: those that stay as they are, because there is no value."""

    text: str
    missing: list[Placeholder]


def fill(text: str, values: Mapping[Placeholder, str | None]) -> Filled:
    """Fills in the placeholders. A value is never read for placeholders itself, whatever somebody is called."""
    known = {name: value for name in Placeholder if (value := values.get(name))}
    missing = [name for name in Placeholder if name not in known and f"{{{name}}}" in text]
    by_word = {str(name): value for name, value in known.items()}
    return Filled(IN_BRACES.sub(lambda found: by_word.get(found[1], found[0]), text), missing)


def refuse_unknown_placeholders(text: str) -> str:
    """Raises ValueError, which names the first one that there is not."""
    known = frozenset(Placeholder)
    if unknown := [name for name in IN_BRACES.findall(text) if name not in known]:
        raise ValueError(f"{{{unknown[0]}}} is no placeholder; there are {PLACEHOLDERS}")
    return text


def refuse_several_words(word: str) -> str:
    if re.search(r"[\s/]", word):
        raise ValueError("is one word, without spaces and slashes")
    return word


ReplyText = Annotated[Paragraphs, AfterValidator(refuse_unknown_placeholders)]
Shortcut = Annotated[Tag, AfterValidator(refuse_several_words)]


class CannedReplyCreate(Input):
    """`shortcut`, in lower case, finds the reply as soon as it is typed after a slash. Without `team`, the reply is for
    everybody who works on tickets; without `language`, for tickets in any language."""

    title: Name
    text: ReplyText = Field(description="May contain {requester}, {number}, {agent} and {building}.")
    shortcut: Shortcut | None = None
    team: Slug | None = None
    language: Language | None = None


class CannedReplyUpdate(Input):
    """Fields that are left out stay as they are; null clears a field that may be empty. Archived replies are offered to
    nobody."""

    version: Version = Field(description="The version that was seen; a stale one is 409 with the present reply.")
    title: Annotated[Name | None, NotNull] = None
    text: Annotated[ReplyText | None, NotNull] = None
    shortcut: Shortcut | None = None
    team: Slug | None = None
    language: Language | None = None
    is_archived: Annotated[bool | None, NotNull] = None


class CannedReplyRead(Output):
    """`uses`: how many messages were sent with it. `created_by` is null for a person who was removed."""

    id: int
    title: str
    text: str
    shortcut: str | None
    team: TeamBrief | None
    language: Language | None
    is_archived: bool
    uses: int
    last_used_at: datetime | None
    created_by: PersonBrief | None
    created_at: datetime
    version: int


class CannedReplyQuery(PageQuery):
    """Selects canned replies, by title. `q` finds a shortcut, or words of title and text by their beginnings."""

    q: SearchText = ""
    team: list[Slug] = Field(default=[], max_length=20, description="Slugs; `none` for those for everybody.")
    language: list[Language] = Field(default=[], max_length=len(Language))
    is_archived: bool = False


class OfferQuery(Input):
    """Selects the replies that are offered for a ticket."""

    q: SearchText = Field(default="", description="A shortcut, or how words of title and text begin.")
    limit: int = Field(default=8, ge=1, le=MAX_LIMIT)


class OfferedReply(Output):
    """A reply for a ticket. `text` is filled in, but for the placeholders in `missing`, which the ticket has no value
    for."""

    id: int
    title: str
    shortcut: str | None
    team: TeamBrief | None
    language: Language | None
    text: str
    missing: list[Placeholder]


class SimilarAnswer(Output):
    """What staff last wrote to the requester of a closed ticket about something similar."""

    ticket_id: int
    ticket_title: str
    text: str
    written_at: datetime
