"""What the words of a report suggest: its category, and whether it is known already."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from contracts.base import Input, Line, Output, Paragraphs, Slug
from contracts.tickets import Status


class Sureness(StrEnum):
    """What to do with the likeliest category."""

    SURE = "sure"  # take it
    LIKELY = "likely"  # take it, and offer a change
    UNSURE = "unsure"  # let the requester choose


class SuggestionCreate(Input):
    """A report as far as it is written."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"description": "The lift is stuck again.", "building": "main-library"}]}
    )

    description: Paragraphs
    title: Line | None = None
    building: Slug | None = None


class Alternative(Output):
    category: str
    probability: float


class OwnPart(StrEnum):
    """What the asking person has to do with a similar report already."""

    REPORTED = "reported"
    CONFIRMED = "confirmed"


class SimilarRead(Output):
    """A report that may be of the same problem: facts about it, none of its words."""

    ref: str = Field(description="Names it for one hour, to the person who asked; for `POST /tickets/me-too`.")
    id: int | None = Field(default=None, exclude_if=lambda id_: id_ is None, description="For helpdesk staff only.")
    category: str
    building: str | None
    status: Status
    opened_at: datetime
    reports: int = Field(description="Itself, and everybody who confirmed it.")
    similarity: float = Field(description="At most 1; to staff in hundredths, to others in tenths.")
    own_part: OwnPart | None


class SuggestionRead(Output):
    """`alternatives` are all categories, likeliest first; they sum to 1."""

    category: str
    confidence: float = Field(description="The probability of `category`.")
    sureness: Sureness
    alternatives: list[Alternative]
    similar: list[SimilarRead] = Field(description="Likeliest first.")


Ref = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[A-Za-z0-9_=-]+$")]


class MeTooCreate(Input):
    ref: Ref


class MeTooSeen(Input):
    ref: Ref
    status: Status


class MeToosSeen(Input):
    """What somebody was shown of what they confirmed: a status that came after it is still news to them."""

    seen: list[MeTooSeen] = Field(max_length=200)


class MeTooRead(Output):
    """A report that somebody confirmed: facts about it, none of its words."""

    ref: str = Field(description="For taking it back, and for telling that it was seen; good for one hour.")
    category: str
    building: str | None
    status: Status
    opened_at: datetime
    confirmed_at: datetime
    reports: int
    is_news: bool = Field(description="Its status has changed since this person last looked.")
