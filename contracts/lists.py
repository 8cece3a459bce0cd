"""The short lists that administrators keep: categories, buildings, stages."""

from typing import Annotated

from pydantic import Field, field_validator

from contracts.base import Description, Input, Name, NotNull, Output, Slug, Version
from contracts.categorising import MAX_PHRASES, MIN_PHRASES, Phrase
from contracts.tickets import Status


class CategoryRead(Output):
    """`examples` is the number of texts that predictions of this category are learned from. A young category has too
    few of them, so it is only suggested."""

    slug: str
    name: str
    description: str
    is_default: bool
    examples: int
    is_young: bool


class CategoryCreate(Input):
    """If `slug` is left out, it is made from the name. `phrases` are examples of what people write about the category:
    without any, it is never suggested."""

    name: Name
    slug: Slug | None = None
    description: Description = ""
    phrases: list[Phrase] = Field(default=[], max_length=MAX_PHRASES)

    @field_validator("phrases")
    @classmethod
    def none_or_enough(cls, phrases: list[str]) -> list[str]:
        if phrases and len({" ".join(phrase.casefold().split()) for phrase in phrases}) < MIN_PHRASES:
            raise ValueError(f"must be at least {MIN_PHRASES} that differ")
        return phrases


class CategoryMerge(Input):
    into: Slug


class CategoryUpdate(Input):
    name: Name | None = None
    description: Description | None = None
    is_default: bool | None = Field(default=None, description="True makes it the default instead of the present one.")


class BuildingRead(Output):
    slug: str
    name: str


class BuildingCreate(Input):
    """If `slug` is left out, it is made from the name."""

    name: Name
    slug: Slug | None = None


class BuildingUpdate(Input):
    name: Name


class StageRead(Output):
    """A column of the board: a step inside a status. When its requester answers, a ticket leaves a stage that
    `waits_for_requester` for the first one of the same status where `work_resumes_here`."""

    slug: str
    name: str
    status: Status
    position: int = Field(description="Its place among the stages of its status; the first is 1.")
    limit: int | None = Field(description="How many tickets it should have at most. It is shown, and refuses nothing.")
    waits_for_requester: bool
    work_resumes_here: bool
    version: int


MOST_STAGES = 40
MOST_LIMIT = 10_000
Limit = Annotated[int, Field(ge=1, le=MOST_LIMIT)]
Place = Annotated[int, Field(ge=1, le=MOST_STAGES)]


class StageCreate(Input):
    """If `slug` is left out, it is made from the name. Without `position`, the stage is the last of its status."""

    name: Name
    status: Status
    slug: Slug | None = None
    position: Place | None = Field(default=None, description="Its place among the stages of its status, from 1.")
    limit: Limit | None = None
    waits_for_requester: bool = False
    work_resumes_here: bool = False


class StageUpdate(Input):
    """Fields that are left out stay as they are; null takes the limit away. A stage keeps its status, because another
    one would open or close all its tickets."""

    version: Version = Field(description="The version that was seen; a stale one is 409 with the present stage.")
    name: Annotated[Name | None, NotNull] = None
    position: Annotated[Place | None, NotNull] = Field(
        default=None, description="Its place among the stages of its status, from 1; the others make room."
    )
    limit: Limit | None = None
    waits_for_requester: Annotated[bool | None, NotNull] = None
    work_resumes_here: Annotated[bool | None, NotNull] = None
