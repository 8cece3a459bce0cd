"""Errors of changing the lists of categories, buildings, stages, teams and roles."""

from typing import Self

from data_api.kit.errors import NotFound
from service_kit.errors import LodgeError


class SlugTaken(LodgeError):
    """Another entry of the list already has this slug."""

    status = 409


class StillInUse(LodgeError):
    """Tickets or people still refer to this entry, or the desk cannot be without it."""

    status = 409


class TooManyStages(LodgeError):
    """The board has as many stages as it may have."""

    status = 409


class NotInList(NotFound):
    """The list has no such entry."""

    @classmethod
    def named(cls, kind: str, slug: str) -> Self:
        """`kind` is the word for an entry of the list, such as "category" or "building"."""
        return cls(f"There is no {kind} {slug}.")


class CategoryGoing(LodgeError):
    """The category is being merged or deleted at this moment; nothing was written."""

    status = 409

    def __init__(self) -> None:
        super().__init__("That category is being merged or deleted; try again in a moment.")
