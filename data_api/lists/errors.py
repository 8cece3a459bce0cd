"""Why a short list cannot be changed so."""

from typing import Self

from data_api.kit.errors import NotFound
from service_kit.errors import LodgeError


class SlugTaken(LodgeError):
    """Another one is called that already."""

    status = 409


class StillInUse(LodgeError):
    """Tickets stand on it, or it is the default."""

    status = 409


class NotInList(NotFound):
    """The list has no such entry."""

    @classmethod
    def named(cls, kind: str, slug: str) -> Self:
        """`kind`: the list's word for an entry."""
        return cls(f"There is no {kind} {slug}.")


class CategoryGoing(LodgeError):
    """The category is being merged or deleted at this moment; nothing was written."""

    status = 409

    def __init__(self) -> None:
        super().__init__("That category is being merged or deleted; try again in a moment.")
