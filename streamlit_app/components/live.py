"""The line that tells this tab what changed, and the parts of a page that follow it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import streamlit as st

from streamlit_app import navigation, session
from streamlit_app.components.parts import part
from streamlit_app.frame import errors_shown, turn_of_the_tide

Draw = TypeVar("Draw", bound=Callable[..., None])

# When the line is down; with it, changes are seen at once.
FALLBACK_SECONDS = 15

_line = part("live")


def follows(name: str, *, ticket: bool = False, counts: bool = False) -> Callable[[Draw], Draw]:
    """Makes a part of the page that is drawn again, alone, when something changed: any ticket, or with `ticket` the
    one in the address. With `counts` it is also drawn when messages were read.

    The line is inside the part: a bump asked for from outside would cut short whatever the page is doing.
    """

    def decorate(draw: Draw) -> Draw:
        @wraps(draw)
        def guarded(*args: Any, **named: Any) -> None:
            _listen(name, navigation.ticket_in_address() if ticket else None, counts=counts)
            with errors_shown():
                draw(*args, **named)
            turn_of_the_tide()

        return cast("Draw", st.fragment(guarded, run_every=FALLBACK_SECONDS))

    return decorate


def _listen(name: str, ticket_id: int | None, *, counts: bool) -> None:
    key = f"live_{name}"

    def heard() -> None:
        st.session_state[f"{key}_heard"] = (st.session_state.get(key) or {}).get("bump")

    # What was heard goes back: the browser asks again for what got lost on the way.
    data = {"ticket": ticket_id, "counts": counts, "heard": st.session_state.get(f"{key}_heard")}
    with st.container(key=f"line_{name}"):
        bump = _line(key=key, data=data, on_bump_change=heard).get("bump")
    if str(bump).startswith("ended"):
        session.forget()
        st.rerun()
