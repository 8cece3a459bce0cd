"""The views that this person has, kept in the tab, and the one that the queue's URL names."""

import time

import streamlit as st

from contracts.views import ViewRead
from streamlit_app.client.errors import ApiError
from streamlit_app.state import address, redraws, session

# The parameter of the queue's URL.
VIEW = "view"
KEPT, REFUSED = "kept_views", "refused_views"
# What somebody else in the team shares is seen after this time.
KEPT_SECONDS = 60


def views() -> list[ViewRead]:
    """Returns the views that everybody has, then this person's own, then those of their team. While the data API cannot
    be asked, those of before. Raises ApiError when there are none. Many parts of a page ask for them, and a refusal
    holds for all of it: asking again would take as long each time."""
    kept: tuple[float, list[ViewRead]] | None = st.session_state.get(KEPT)
    if kept is not None and time.monotonic() - kept[0] < KEPT_SECONDS:
        return kept[1]
    refused: tuple[int, ApiError] | None = st.session_state.get(REFUSED)
    if refused is None or refused[0] != redraws.whole_pages():
        try:
            found = session.api().views()
        except ApiError as error:
            st.session_state[REFUSED] = refused = (redraws.whole_pages(), error)
        else:
            st.session_state[KEPT] = (time.monotonic(), found)
            return found
    if kept is None:
        raise refused[1]
    return kept[1]


def forget() -> None:
    st.session_state.pop(KEPT, None)


def in_address() -> ViewRead | None:
    """Returns the view that the URL names, if this person has it. Raises ApiError, as `views` does."""
    given = address.get(VIEW)
    return next((view for view in views() if str(view.key) == given), None) if given else None
