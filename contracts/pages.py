"""Lists are returned in pages that are found by key, so that the hundredth page costs no more than the first."""

from typing import Annotated, Generic, TypeVar

from pydantic import Field

from contracts.base import Input, NoNul, Output

MAX_LIMIT = 200
Cursor = Annotated[str, Field(max_length=500), NoNul]

T = TypeVar("T")


class Page(Output, Generic[T]):
    """One page of a list. `next_cursor` is None on the last page."""

    items: list[T]
    next_cursor: str | None


class CountedPage(Page[T], Generic[T]):
    """One page of a list whose items are counted. Counting stops at 10,000 items or after 50 ms; then `total_capped` is
    true, and the list has at least `total` items."""

    total: int
    total_capped: bool


class PageQuery(Input):
    """Selects a page of at most `limit` items. `cursor` is the `next_cursor` of an earlier page: the page starts after
    the last item of that one."""

    limit: int = Field(default=50, ge=1, le=MAX_LIMIT)
    cursor: Cursor | None = None
