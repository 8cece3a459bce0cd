"""What is suggested for the text of a report: its category, and similar reports."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from contracts.base import Input, Line, Output, Paragraphs, Slug
from contracts.tickets import Status


class Sureness(StrEnum):
    """What to do with the likeliest category, according to its probability."""

    SURE = "sure"  # take it
    LIKELY = "likely"  # take it, though it may be wrong
    UNSURE = "unsure"  # let the requester choose one


class SuggestionCreate(Input):
    """A report that is still being written."""

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
    """What the asking person has already done about a similar report."""

    REPORTED = "reported"
    CONFIRMED = "confirmed"


class KnownReport(Output):
    """A report as it is described to others: facts, but none of its text. Whoever may read its ticket gets that
    ticket's id and title too."""

    ref: str
    id: int | None = Field(default=None, exclude_if=lambda id_: id_ is None, description="If I may read the ticket.")
    title: str | None = Field(
        default=None, exclude_if=lambda title: title is None, description="If I may read the ticket."
    )
    category: str
    building: str | None
    status: Status
    opened_at: datetime
    reports: int = Field(description="Itself, and everybody who confirmed it.")


class SimilarRead(KnownReport):
    """A report that may be about the same problem."""

    ref: str = Field(description="Names it for one hour, to the person who asked; for `POST /tickets/me-too`.")
    similarity: float = Field(description="At most 1; to staff in hundredths, to others in tenths.")
    own_part: OwnPart | None


class SuggestionRead(Output):
    """`alternatives` are all categories, the likeliest first; their probabilities sum to 1."""

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
    """The confirmed reports that somebody was shown, each with the status that was shown. If a report has got another
    status since then, that is still news to this person."""

    seen: list[MeTooSeen] = Field(max_length=200)


class MeTooRead(KnownReport):
    """A report that somebody confirmed."""

    ref: str = Field(description="For taking it back, and for telling that it was seen; good for one hour.")
    confirmed_at: datetime
    is_news: bool = Field(description="Its status has changed since this person last looked.")
