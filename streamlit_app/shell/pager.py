"""The Previous and Next buttons of a list. The cursors of its pages stay on the server."""

import streamlit as st

# The cursors of all pages from the first to the one that is shown. The last cursor is the one to request.
Cursors = list[str | None]


def cursors_of(name: str, query: str) -> Cursors:
    """Returns the cursors of the list `name`. With another query the list starts again at its first page."""
    key = f"{name}_cursors"
    kept: tuple[str, Cursors] | None = st.session_state.get(key)
    if kept is None or kept[0] != query:
        st.session_state[key] = kept = (query, [None])
    return kept[1]


def empty_page(cursors: Cursors, empty: str) -> str:
    """Returns what to say of a page without entries: `empty` on the first page. A later page says only of itself that
    nothing is left, because the pages before it have entries."""
    return empty if len(cursors) == 1 else "Nothing is left on this page."


def pager(name: str, cursors: Cursors, next_cursor: str | None) -> None:
    """Draws the buttons, or nothing when there is only one page."""
    if len(cursors) == 1 and not next_cursor:
        return
    with st.container(horizontal=True, horizontal_alignment="center"):
        st.button("Previous", key=f"{name}_previous", disabled=len(cursors) == 1, on_click=_go_back, args=(cursors,))
        st.button("Next", key=f"{name}_next", disabled=not next_cursor, on_click=cursors.append, args=(next_cursor,))


def _go_back(cursors: Cursors) -> None:
    cursors.pop()
