"""The search through everything that somebody may read."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from contracts.base import NoNul, Output, Stripped
from contracts.pages import Page, PageQuery
from contracts.tickets import TicketRead


class SearchQuery(PageQuery):
    model_config = ConfigDict(json_schema_extra={"examples": [{"q": "projector blue"}]})

    q: Annotated[str, StringConstraints(min_length=1, max_length=200), Stripped, NoNul] = Field(
        description="Words or their beginnings, in any order, or the number of a ticket, now or before an import."
    )


class Place(StrEnum):
    """Where the words of a search were found, the most telling place first."""

    NUMBER = "number"
    TITLE = "title"
    TAG = "tag"
    NAME = "name"  # of the requester or the assignee
    TEXT = "text"
    MESSAGE = "message"
    NOTE = "note"  # an internal note, for staff only


class MarkedPart(Output):
    """A piece of a text. `is_match`: it is a word that was searched for."""

    text: str
    is_match: bool


class Excerpt(Output):
    """What stands at a place: one that is short as a whole, and of a longer text the part around the first match. The
    texts of the parts together are the excerpt; it is plain text."""

    place: Place
    parts: list[MarkedPart]


class SearchHit(Output):
    """A ticket that was found, and at most one excerpt for each place, the most telling first."""

    ticket: TicketRead
    excerpts: list[Excerpt]


class Reach(StrEnum):
    """How much was searched. `newest`: the words are so common that only the newest tickets were. `cut-off`: the search
    took too long, so that older tickets may be missing."""

    ALL = "all"
    NEWEST = "newest"
    CUT_OFF = "cut-off"


class SearchPage(Page[SearchHit]):
    """One page of what was found, the best first. `alike` is what is spelt like the words, and is looked for only where
    nothing was found; each entry finds something when it is searched for."""

    reach: Reach
    alike: list[str]
