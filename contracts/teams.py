"""Teams of people who work together."""

from typing import Annotated

from pydantic import Field

from contracts.base import Description, Input, Name, NotNull, Output, Slug, Version

# In a filter by team, these are the team of the person who asks, and no team. No team has one of them as its slug.
MY_TEAM, NO_TEAM = "my-team", "none"
RESERVED = frozenset({MY_TEAM, NO_TEAM})


class TeamBrief(Output):
    slug: str
    name: str


class TeamRead(TeamBrief):
    description: str
    people: int = Field(description="Without those who were deactivated.")
    version: int


class TeamCreate(Input):
    """If `slug` is left out, it is made from the name."""

    name: Name
    slug: Slug | None = None
    description: Description = ""


class TeamUpdate(Input):
    """Fields that are left out stay as they are."""

    version: Version = Field(description="The version that was seen; a stale one is 409 with the present team.")
    name: Annotated[Name | None, NotNull] = None
    description: Annotated[Description | None, NotNull] = None
