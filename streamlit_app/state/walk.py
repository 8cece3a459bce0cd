"""A list that is walked page by page. Cursors stay on the server: a page is a place in this reader's walk."""

import streamlit as st

# The cursors of the pages from the first to this one.
Walk = list[str | None]


def walk(name: str, sense: str) -> Walk:
    """Another `sense` (what is asked for) starts at the first page again."""
    key = f"{name}_walk"
    kept: tuple[str, Walk] | None = st.session_state.get(key)
    if kept is None or kept[0] != sense:
        st.session_state[key] = kept = (sense, [None])
    return kept[1]


def pager(name: str, walked: Walk, next_cursor: str | None) -> None:
    """Nothing where one page is all."""
    if len(walked) == 1 and not next_cursor:
        return
    with st.container(horizontal=True, horizontal_alignment="center"):
        st.button("Previous", key=f"{name}_previous", disabled=len(walked) == 1, on_click=_back, args=(walked,))
        st.button("Next", key=f"{name}_next", disabled=not next_cursor, on_click=walked.append, args=(next_cursor,))


def _back(walked: Walk) -> None:
    walked.pop()
