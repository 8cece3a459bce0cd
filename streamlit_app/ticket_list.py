"""A counted list of tickets with its pager. Cursors stay on the server: a page is a place in this reader's walk."""

import streamlit as st

from contracts.pages import CountedPage
from contracts.tickets import TicketQuery, TicketRead
from streamlit_app import session
from streamlit_app.components.rows import rows
from streamlit_app.held import held
from streamlit_app.ticket_rows import ticket_rows
from streamlit_app.words import count

PAGE_SIZE = 50


def ticket_list(name: str, label: str, query: TicketQuery, *, empty: str) -> None:
    """Draws one page. Another query starts at the first one again."""
    walk = _walk(name, query)
    asked = query.model_copy(update={"limit": PAGE_SIZE, "cursor": walk[-1]})
    page = held(f"{name}_page", lambda: session.api().tickets(asked))
    if not page.items:
        st.info(empty)
    else:
        st.caption(_counted(page, len(walk)))
        rows(name, label, ticket_rows(page.items, session.reader()))
    if len(walk) > 1 or page.next_cursor:
        with st.container(horizontal=True, horizontal_alignment="center"):
            st.button("Previous", key=f"{name}_previous", disabled=len(walk) == 1, on_click=_back, args=(walk,))
            st.button(
                "Next",
                key=f"{name}_next",
                disabled=not page.next_cursor,
                on_click=walk.append,
                args=(page.next_cursor,),
            )


def _back(walk: list[str | None]) -> None:
    walk.pop()


def _walk(name: str, query: TicketQuery) -> list[str | None]:
    """The cursors of the pages from the first to this one."""
    key, sense = f"{name}_walk", query.model_dump_json()
    kept: tuple[str, list[str | None]] | None = st.session_state.get(key)
    if kept is None or kept[0] != sense:
        st.session_state[key] = kept = (sense, [None])
    return kept[1]


def _counted(page: CountedPage[TicketRead], number: int) -> str:
    total = count(page.total, "ticket", "tickets")
    said = f"More than {total}" if page.total_capped else total
    first = (number - 1) * PAGE_SIZE + 1
    is_whole = number == 1 and page.next_cursor is None
    return said if is_whole else f"{said}, showing {first:,} to {first + len(page.items) - 1:,}"
