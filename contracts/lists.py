"""The short lists that administrators keep: categories, buildings, stages."""

from pydantic import Field

from contracts.base import Input, Name, Output, Slug
from contracts.tickets import Status


class CategoryRead(Output):
    slug: str
    name: str
    description: str
    is_default: bool


class CategoryCreate(Input):
    """`slug` is made from the name when it is left out."""

    name: Name
    slug: Slug | None = None
    description: str = Field(default="", max_length=500, pattern=r"^[^\x00]*$")


class CategoryUpdate(Input):
    name: Name | None = None
    description: str | None = Field(default=None, max_length=500, pattern=r"^[^\x00]*$")
    is_default: bool | None = Field(default=None, description="True makes it the default instead of the present one.")


class BuildingRead(Output):
    slug: str
    name: str


class BuildingCreate(Input):
    """`slug` is made from the name when it is left out."""

    name: Name
    slug: Slug | None = None


class BuildingUpdate(Input):
    name: Name


class StageRead(Output):
    """A column of the board: a step inside a status."""

    slug: str
    name: str
    status: Status
