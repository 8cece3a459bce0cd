"""The pages of a list: their number is in the page's URL, their cursors stay on the server."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import streamlit as st

from contracts.pages import Page
from streamlit_app.state import address

P = TypeVar("P", bound=Page[Any])
# The cursors with which the pages of a list begin, from the first page on.
Cursors = list[str | None]

# A link to a page of which this tab has no cursor yet costs one request for each page before.
MOST_PAGES_BEFORE = 20


@dataclass(frozen=True)
class ListPage(Generic[P]):
    """The page of a list that is shown. `number` begins with 1."""

    number: int
    page: P
    cursors: Cursors


def read_page(name: str, query: str, ask: Callable[[str | None], P]) -> ListPage[P]:
    """Asks for the page that the URL names; the last one if there are not so many. `query` tells what the list `name`
    is filtered and sorted by: with another one, its pages have other cursors."""
    cursors = _cursors_of(name, query)
    number = address.page_number()
    while len(cursors) < min(number, MOST_PAGES_BEFORE):
        following = ask(cursors[-1]).next_cursor
        if following is None:
            break
        cursors.append(following)
    number = min(number, len(cursors))
    address.write_page_number(number)
    return ListPage(number, ask(cursors[number - 1]), cursors)


def pager(name: str, shown: ListPage[Any]) -> None:
    """Draws the Previous and Next buttons, or nothing when there is only one page."""
    number, following = shown.number, shown.page.next_cursor
    if number == 1 and not following:
        return

    def turn(pages: int) -> None:
        # The page now asked for, because a button can be pressed again before the list is drawn.
        address.write_page_number(address.page_number() + pages)

    def turn_to_next() -> None:
        shown.cursors[number:] = [following]
        turn(1)

    with st.container(horizontal=True, horizontal_alignment="center"):
        st.button("Previous", key=f"{name}_previous", disabled=number == 1, on_click=turn, args=(-1,))
        st.button("Next", key=f"{name}_next", disabled=not following, on_click=turn_to_next)


def _cursors_of(name: str, query: str) -> Cursors:
    key = f"{name}_cursors"
    kept: tuple[str, Cursors] | None = st.session_state.get(key)
    if kept is None or kept[0] != query:
        st.session_state[key] = kept = (query, [None])
    return kept[1]


def empty_page(number: int, empty: str) -> str:
    """Returns what to say of a page without entries: `empty` on the first page. A later page says only of itself that
    nothing is left, because the pages before it have entries."""
    return empty if number == 1 else "Nothing is left on this page."
