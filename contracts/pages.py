"""Lists come in pages that are found by key, so that the hundredth costs what the first costs."""

from typing import Annotated, Generic, TypeVar

from pydantic import Field

from contracts.base import Input, NoNul, Output

MAX_LIMIT = 200
Cursor = Annotated[str, Field(max_length=500), NoNul]

T = TypeVar("T")


class Page(Output, Generic[T]):
    """One page. `next_cursor` is None on the last one."""

    items: list[T]
    next_cursor: str | None


class CountedPage(Page[T], Generic[T]):
    """One page of a list that is counted too: up to 10,000 or for 50 ms, then `total_capped` is true
    and `total` is a number that the list certainly reaches."""

    total: int
    total_capped: bool


class PageQuery(Input):
    """Which page: at most `limit` items, after the one that `cursor` (an earlier page's `next_cursor`) names."""

    limit: int = Field(default=50, ge=1, le=MAX_LIMIT)
    cursor: Cursor | None = None
