"""The tags that are offered where somebody chooses some in a box: the most used ones that this person may know of. They
are kept for each tab by itself, because not everybody may know of the same ones."""

import time
from collections.abc import Iterable

import streamlit as st

from contracts.pages import MAX_LIMIT
from contracts.people import Permission
from contracts.tags import TagQuery
from streamlit_app.client.errors import ApiError
from streamlit_app.state import session

KEPT_SECONDS = 30


def with_known(chosen: Iterable[str]) -> list[str]:
    """Returns these tags, and then those that are used most. Any other tag can be typed."""
    return list(dict.fromkeys([*chosen, *_known()]))


def forget() -> None:
    st.session_state.pop("kept_tags", None)


def _known() -> list[str]:
    if not session.may(Permission.TICKETS_READ_ALL):
        return []
    asked_at, tags = st.session_state.get("kept_tags", (float("-inf"), []))
    if time.monotonic() - asked_at > KEPT_SECONDS:
        try:
            tags = [one.tag for one in session.api().tags(TagQuery(limit=MAX_LIMIT)).items]
        except ApiError:
            return list(tags)  # the page itself says what is wrong
        st.session_state["kept_tags"] = time.monotonic(), tags
    return list(tags)
