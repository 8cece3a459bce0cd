"""The line that tells this tab what changed, and the fragments that follow it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import streamlit as st

from streamlit_app import session
from streamlit_app.components.parts import part
from streamlit_app.frame import errors_shown, turn_of_the_tide

Draw = TypeVar("Draw", bound=Callable[..., None])

KEY = "live"
# When the line is down; with it, changes are seen at once.
FALLBACK_SECONDS = 15

_line = part("live")


def listen(ticket_id: int | None = None) -> None:
    """Opens the tab's line. Changes redraw the fragments marked `follows`; on a ticket's page, those of that ticket."""
    st.session_state["watched_ticket"] = ticket_id
    st.session_state["live_fragments"] = []
    _line(key=KEY, on_bump_change=_bumped)


def follows(name: str) -> Callable[[Draw], Draw]:
    """Makes a part of the page that is drawn again, alone, when something changed."""

    def decorate(draw: Draw) -> Draw:
        @wraps(draw)
        def guarded(*args: Any, **named: Any) -> None:
            with errors_shown():
                draw(*args, **named)
            turn_of_the_tide()

        fragment = st.fragment(guarded, run_every=FALLBACK_SECONDS, key=name)

        def drawn(*args: Any, **named: Any) -> None:
            st.session_state.setdefault("live_fragments", []).append(name)
            fragment(*args, **named)

        return cast("Draw", drawn)

    return decorate


def _bumped() -> None:
    """Only what shows the change is drawn again; the tab's title always does."""
    bump = (st.session_state.get(KEY) or {}).get("bump") or {}
    if bump.get("ended"):
        session.forget()
        return
    fragments = list(st.session_state.get("live_fragments", []))
    ticket_id = st.session_state.get("watched_ticket")
    changed = bump.get("tickets", [])
    concerns_page = bump.get("many") or (ticket_id in changed if ticket_id is not None else bool(changed))
    if not concerns_page:
        fragments = [name for name in fragments if name == "title"]
    if fragments:
        st.rerun(fragments)
