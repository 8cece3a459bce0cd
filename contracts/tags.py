"""Tags: all that there are, and their changes in all tickets at once."""

from datetime import datetime
from typing import Self

from pydantic import Field, model_validator

from contracts.base import Input, Output, Tag, TagBeginning
from contracts.bulk import BulkState, BulkWait
from contracts.pages import PageQuery


class TagQuery(PageQuery):
    """Selects tags, the most used first."""

    prefix: TagBeginning = Field(default="", description="How the tag begins; upper and lower case are the same.")
    q: TagBeginning = Field(default="", description="What the tag contains.")


class TagRead(Output):
    tag: str
    tickets: int = Field(description="How many have it. Confidential ones count for those who may read all of them.")


class TagMerge(Input):
    """Renames a tag, if there is no tag `into` yet; otherwise `tag` becomes part of it."""

    tag: Tag
    into: Tag

    @model_validator(mode="after")
    def are_two(self) -> Self:
        if self.tag == self.into:
            raise ValueError("into is the same tag")
        return self


class TagDelete(BulkWait):
    tag: Tag


class TagChangeRead(Output):
    """A change of a tag in all tickets: it becomes `into`, or is taken away from all of them if that is null."""

    id: int
    tag: str
    into: str | None
    state: BulkState
    total: int = Field(description="How many tickets had the tag, of those that whoever began this may know of.")
    done: int = Field(description="How many tickets were changed so far, up to `total`.")
    created_at: datetime
    finished_at: datetime | None
