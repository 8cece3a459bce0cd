"""The line that tells this tab what changed, and the part of a page that follows it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import streamlit as st

from streamlit_app.components.parts import part
from streamlit_app.shell.frame import errors_shown, turn_of_the_tide
from streamlit_app.state import navigation, occasions, session

Draw = TypeVar("Draw", bound=Callable[..., None])

# When the line is down; with it, changes are seen at once.
FALLBACK_SECONDS = 15

_line = part("live")
_rescue = part("rescue")


def listen(title: str) -> None:
    """Opens the tab's line. It keeps the count of the unread in the tab's title, and notices when the token ends.
    Beside it stands what loads the page again when it has died.
    """
    with st.container(key="line_title"):
        _rescue(key="rescue")
        wish = _line(key="live_title", data={"title": title}, on_bump_change=lambda: None).get("bump")
    if wish:
        session.forget()
        st.rerun()


def follows(*, ticket: bool = False, every_seconds: int = FALLBACK_SECONDS) -> Callable[[Draw], Draw]:
    """Makes a part of the page that is drawn again, alone, when something changed: any ticket, or with `ticket` the
    one in the address; and `every_seconds`, whatever happened. One such part a page: Streamlit leaves old elements
    standing when two redraw in a row.

    The line is inside the part: a bump asked for from outside would cut short whatever the page is doing.
    """

    def decorate(draw: Draw) -> Draw:
        @wraps(draw)
        def guarded(*args: Any, **named: Any) -> None:
            _hear(navigation.ticket_in_address() if ticket else None)
            with errors_shown():
                draw(*args, **named)
            turn_of_the_tide()

        return cast("Draw", st.fragment(guarded, run_every=every_seconds))

    return decorate


def _hear(ticket_id: int | None) -> None:
    def heard() -> None:
        occasions.something_was_heard((st.session_state.get("live_page") or {}).get("bump"))

    # What was heard goes back: the browser asks again for what got lost on the way.
    data = {"ticket": ticket_id, "heard": occasions.last_heard()}
    with st.container(key="line_page"):
        _line(key="live_page", data=data, on_bump_change=heard)
