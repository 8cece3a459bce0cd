"""How reports get their category: the examples, the models, and how often they are right."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from contracts.base import Input, NoNul, Output, Stripped
from contracts.pages import PageQuery
from contracts.suggestions import Alternative, Sureness

MIN_PHRASES, MAX_PHRASES = 10, 200
MIN_PHRASE_LETTERS, MAX_PHRASE_LETTERS = 3, 300
CONFIRMED_ENOUGH = 20

Phrase = Annotated[
    str, StringConstraints(min_length=MIN_PHRASE_LETTERS, max_length=MAX_PHRASE_LETTERS), Stripped, NoNul
]


class CategoryBy(StrEnum):
    """Who chose a ticket's category."""

    PREDICTED = "predicted"  # predicted from the ticket's text
    REQUESTER = "requester"
    STAFF = "staff"
    IMPORT = "import"  # the system that the ticket was imported from
    DEFAULT = "default"  # nobody: it is the default category
    UNKNOWN = "unknown"  # the ticket is older than this information; never stored


class ExampleSource(StrEnum):
    SEED = "seed"  # came with Lodge
    ADMIN = "admin"
    STAFF = "staff"  # a ticket whose category staff set or confirmed
    REQUESTER = "requester"  # a ticket whose requester chose the category, and staff did not change it


class PhrasesCreate(Input):
    """More examples of a category."""

    phrases: list[Phrase] = Field(min_length=1, max_length=MAX_PHRASES)


class ExampleQuery(PageQuery):
    source: list[ExampleSource] = Field(default=[], max_length=len(ExampleSource))


class ExampleRead(Output):
    """A text that is known to belong to a category."""

    id: int
    text: str
    source: ExampleSource
    is_check_text: bool = Field(description="Kept apart from learning, to check new models with.")
    ticket_id: int | None
    author: str | None
    created_at: datetime


class CategoryReasonRead(Output):
    """Why a ticket is in its category."""

    category: str
    by: CategoryBy
    sureness: Sureness | None = Field(description="Of the prediction; null where there was none.")
    predicted: str | None
    alternatives: list[Alternative] = Field(description="Likeliest first; none where there was no prediction.")
    like_tickets: int = Field(description="How many earlier tickets of that category were among the nearest texts.")
    like_examples: int = Field(description="How many other examples of it were.")
    model: int | None = Field(description="The version that predicted.")


class ModelOutcome(StrEnum):
    FIRST = "first"
    PROMOTED = "promoted"
    REFUSED = "refused"


class ModelRead(Output):
    """One version of the model that predicts categories."""

    version: int
    created_at: datetime
    is_current: bool
    outcome: ModelOutcome
    reason: str
    examples: int
    check_texts: int = Field(description="How many texts it was checked with.")
    accuracy: float | None = Field(description="On those; null without any.")
    recalls: dict[str, float]


class MonthAccuracy(Output):
    month: str
    tickets: int
    right: int


class ConfusionCell(Output):
    """The number of `tickets` whose predicted category is `predicted` and whose category now is `actual`."""

    predicted: str
    actual: str
    tickets: int


class CategorisingReport(Output):
    """How often the predictions of the last twelve months were right, for tickets that helpdesk staff have worked
    on."""

    is_available: bool = Field(description="Whether categories are suggested at all.")
    tickets: int
    right: int
    months: list[MonthAccuracy]
    confusion: list[ConfusionCell]
