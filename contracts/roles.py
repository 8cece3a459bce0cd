"""Roles, which administrators put together from permissions."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from contracts.base import Description, Input, Name, NotNull, Output, Slug, Version
from contracts.people import NEEDS, Permission


def _complete(permissions: list[Permission]) -> list[Permission]:
    """Raises ValueError where a permission lacks another one that it needs."""
    for permission in permissions:
        missing = [needed for needed in NEEDS.get(permission, ()) if needed not in permissions]
        if missing:
            raise ValueError(f"{permission} needs {' and '.join(missing)}")
    return permissions


Permissions = Annotated[list[Permission], Field(min_length=1, max_length=len(Permission)), AfterValidator(_complete)]


class RoleRead(Output):
    """`people` have this role, without those who were deactivated. `is_fixed`: what it permits cannot be changed."""

    slug: str
    name: str
    description: str
    permissions: list[Permission]
    is_built_in: bool
    is_fixed: bool
    people: int
    created_at: datetime
    modified_at: datetime
    version: int


class RoleCreate(Input):
    """If `slug` is left out, it is made from the name."""

    name: Name
    slug: Slug | None = None
    description: Description = ""
    permissions: Permissions


class RoleUpdate(Input):
    """Fields that are left out stay as they are."""

    version: Version = Field(description="The version that was seen; a stale one is 409 with the present role.")
    name: Annotated[Name | None, NotNull] = None
    description: Annotated[Description | None, NotNull] = None
    permissions: Annotated[Permissions | None, NotNull] = None
