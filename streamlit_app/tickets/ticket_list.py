"""A list of tickets with their number and the Previous and Next buttons."""

from collections.abc import Collection

import streamlit as st

from contracts.pages import CountedPage
from contracts.tickets import TicketQuery, TicketRead
from streamlit_app.components.rows import rows
from streamlit_app.language.words import count
from streamlit_app.shell.pager import ListPage, empty_page, pager, read_page
from streamlit_app.state import list_position, session
from streamlit_app.state.last_answers import ask_or_reuse
from streamlit_app.tickets.rows import ticket_rows

PAGE_SIZE = 50


def ticket_list(
    name: str, label: str, query: TicketQuery, *, empty: str, answered: Collection[int] = frozenset()
) -> None:
    """Draws the page that the URL names of the tickets that match the query, as rows. Those in `answered` are marked as
    having a new answer."""
    shown = read_tickets(name, query)
    page = shown.page
    if not page.items:
        st.info(empty_page(shown.number, empty))
    else:
        st.caption(counted(shown))
        rows(name, label, ticket_rows(page.items, session.reader(), answered), page=shown.number)
    pager(name, shown)


def read_tickets(name: str, query: TicketQuery) -> ListPage[CountedPage[TicketRead]]:
    """Asks for the page that the URL names."""

    def ask(cursor: str | None) -> CountedPage[TicketRead]:
        asked = query.model_copy(update={"limit": PAGE_SIZE, "cursor": cursor})
        # The name contains the query: a list that is reused must never appear under other filters.
        return ask_or_reuse(f"{name}_page {asked.model_dump_json()}", lambda: session.api().tickets(asked))

    shown = read_page(name, query.model_dump_json(), ask)
    asked = query.model_copy(update={"limit": PAGE_SIZE})
    list_position.note_list(asked, shown.page, shown.cursors[: shown.number - 1])
    return shown


def counted(shown: ListPage[CountedPage[TicketRead]]) -> str:
    """Returns how many tickets there are, and which of them this page shows."""
    page, number = shown.page, shown.number
    total = count(page.total, "ticket", "tickets")
    said = f"More than {total}" if page.total_capped else total
    first = (number - 1) * PAGE_SIZE + 1
    is_whole = number == 1 and page.next_cursor is None
    return said if is_whole else f"{said}, showing {first:,} to {first + len(page.items) - 1:,}"
