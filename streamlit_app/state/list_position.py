"""The list of tickets that was drawn last in this tab, from which the ticket's page leads to the next and the previous
one. It stays as it was, also when a ticket leaves it: whoever closes a ticket still goes on to the one after it."""

import time
from dataclasses import dataclass

import streamlit as st

from contracts.pages import CountedPage
from contracts.tickets import TicketQuery, TicketRead
from streamlit_app.client.errors import ApiError
from streamlit_app.state import session
from streamlit_app.state.navigation import BOARD, QUEUE

KEY = "list_position"
# After a page could not be had, such as while the data API is away.
ASK_AGAIN_SECONDS = 5


@dataclass
class _List:
    """`ids` are the tickets of the pages that were read, in their order. `before` are the cursors of the pages before
    them; `following` is the cursor of the page after them. `stem` is the page that showed it. `refused_at`: when a page
    was last refused."""

    query: TicketQuery
    ids: list[int]
    before: list[str | None]
    following: str | None
    stem: str = QUEUE.stem
    refused_at: float | None = None


@dataclass(frozen=True)
class Neighbours:
    """The tickets before and after one in the list; None where there is none."""

    previous: int | None = None
    next: int | None = None


def note_list(query: TicketQuery, page: CountedPage[TicketRead], before: list[str | None]) -> None:
    """Call it when a page of a list is drawn. `query` is without a cursor; `before` are the cursors of the pages before
    this one."""
    ids = [ticket.id for ticket in page.items]
    st.session_state[KEY] = _List(query, ids, list(before), page.next_cursor)


def note_board(ids: list[int]) -> None:
    """Call it when the board is drawn, with its tickets, one column after the other."""
    st.session_state[KEY] = _List(TicketQuery(), ids, [], None, BOARD.stem)


def page_of_list() -> str:
    """Returns the page that showed the list last: the queue or the board."""
    found: _List | None = st.session_state.get(KEY)
    return found.stem if found else QUEUE.stem


def neighbours(ticket_id: int) -> Neighbours:
    """Returns nothing for a ticket that was not opened from a list. At an end of what was read of the list, asks the
    data API for the page beyond it."""
    found: _List | None = st.session_state.get(KEY)
    if found is None or ticket_id not in found.ids:
        return Neighbours()
    if ticket_id == found.ids[-1] and found.following and (page := _page(found, found.following)):
        found.following = page.next_cursor
        _add(found, page)
    if ticket_id == found.ids[0] and found.before and (page := _page(found, found.before[-1])):
        found.before.pop()
        _add(found, page, in_front=True)
    place = found.ids.index(ticket_id)
    following = found.ids[place + 1] if place + 1 < len(found.ids) else None
    return Neighbours(found.ids[place - 1] if place else None, following)


def _page(found: _List, cursor: str | None) -> CountedPage[TicketRead] | None:
    """Returns None if it cannot be had now."""
    if found.refused_at is not None and time.monotonic() - found.refused_at < ASK_AGAIN_SECONDS:
        return None
    try:
        return session.api().tickets(found.query.model_copy(update={"cursor": cursor}))
    except ApiError:
        found.refused_at = time.monotonic()
        return None


def _add(found: _List, page: CountedPage[TicketRead], *, in_front: bool = False) -> None:
    """Adds the tickets of a page that are not in the list yet: one that changed meanwhile may be in another place."""
    new = [ticket.id for ticket in page.items if ticket.id not in found.ids]
    found.ids = [*new, *found.ids] if in_front else [*found.ids, *new]
