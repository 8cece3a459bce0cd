"""Why a short list cannot be changed so."""

from typing import Self

from data_api.errors import NotFound
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
