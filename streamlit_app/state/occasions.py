"""Why a page, or a part of it, is drawn again: it was entered, something happened, or only time has passed."""

import streamlit as st


def whole_page_is_drawn() -> None:
    st.session_state["whole_pages"] = whole_pages() + 1


def whole_pages() -> int:
    """How many were drawn in this tab."""
    return int(st.session_state.get("whole_pages", 0))


def page_is_drawn(name: str) -> None:
    """Before it is; another one than the last begins a visit."""
    if st.session_state.get("page_drawn") != name:
        st.session_state["page_drawn"] = name
        st.session_state["visits"] = visit() + 1


def visit() -> int:
    """Changes whenever a page is entered: what belongs to one visit must not be there at the next."""
    return int(st.session_state.get("visits", 0))


def something_was_heard(what: object) -> None:
    st.session_state["live_heard"] = what


def last_heard() -> object:
    return st.session_state.get("live_heard")


def is_news(name: str) -> bool:
    """False where, since this was asked last under this name, only time has passed."""
    now = (whole_pages(), last_heard())
    is_new = st.session_state.get(f"news_{name}") != now
    st.session_state[f"news_{name}"] = now
    return is_new
