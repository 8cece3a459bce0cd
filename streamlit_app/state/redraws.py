"""Records why a page, or a part of it, is drawn again: it was opened, a live update came, or only time has passed."""

import streamlit as st


def count_whole_page() -> None:
    st.session_state["whole_pages"] = whole_pages() + 1


def whole_pages() -> int:
    """Returns how many whole pages were drawn in this tab."""
    return int(st.session_state.get("whole_pages", 0))


def note_page(name: str) -> None:
    """Call it before the page is drawn. A visit begins when the page is not the one drawn last."""
    if st.session_state.get("page_drawn") != name:
        st.session_state["page_drawn"] = name
        st.session_state["visits"] = visit() + 1


def page() -> str:
    """Returns the name of the page that is drawn."""
    return str(st.session_state.get("page_drawn", ""))


def visit() -> int:
    """Returns a number that changes whenever a page is opened: what belongs to one visit must not appear at the
    next."""
    return int(st.session_state.get("visits", 0))


def note_bump(bump: object) -> None:
    """Notes why the browser asks for a redraw: "again-7" for a live update, "time-8" because time has passed. The
    number counts the bumps."""
    st.session_state["live_bump"] = bump
    if not str(bump).startswith("time-"):
        st.session_state["live_update"] = bump


def last_bump() -> object:
    return st.session_state.get("live_bump")


def last_live_update() -> object:
    return st.session_state.get("live_update")


def has_something_happened(name: str) -> bool:
    """Returns False if only time has passed since the last call with this name, and True after a whole page was drawn
    or a live update came."""
    now = (whole_pages(), last_live_update())
    is_new = st.session_state.get(f"seen_by_{name}") != now
    st.session_state[f"seen_by_{name}"] = now
    return is_new
