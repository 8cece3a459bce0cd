"""Live pages: the tab's connection to the live updates, and the part of a page that is redrawn when an update comes."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import streamlit as st

from contracts.people import Me
from streamlit_app.components.component_files import component
from streamlit_app.shell.frame import errors_shown, rerun_if_desk_went_or_returned
from streamlit_app.state import navigation, redraws, session

Draw = TypeVar("Draw", bound=Callable[..., None])

# Redraws without an update, for times without a connection; with one, changes are shown at once. The browser component
# asks for them, and not Streamlit's `run_every`: it knows what the person is doing, and waits.
FALLBACK_SECONDS = 15

_connection = component("live")
_reload_dead_page = component("reload_dead_page")


def connect_tab(title: str, me: Me) -> None:
    """Opens the tab's connection, which keeps the number of unread messages in the tab's title, and notices when the
    token is no longer valid, or when the person was switched in another tab: then the page is loaded again, and says
    so. Also adds the script that reloads the page when it has died."""
    person = {"id": me.person.id, "name": me.person.name}
    data = {"title": title, "person": person, "session": session.token_fingerprint()}
    with st.container(key="hidden_live_tab"):
        _reload_dead_page(key="reload_dead_page")
        wish = _connection(key="live_title", data=data, on_bump_change=lambda: None).get("bump")
    if wish:
        session.forget()
        st.rerun()


def live_part(
    *, ticket: bool = False, time: bool = False, every_seconds: int = FALLBACK_SECONDS
) -> Callable[[Draw], Draw]:
    """Makes the decorated function a part of the page that is redrawn on its own: when any ticket changes, or, if
    `ticket` is set, only when the ticket in the address changes; if `time` is set, also when the time changes that
    somebody worked; and besides every so many seconds. Use it for one part on a page only: Streamlit leaves old
    elements behind when two parts are redrawn in a row. While the person has a list of choices, a menu or a dialog
    open, the redraw waits (`live.js`). When the person's permissions have changed, the whole page is redrawn, because
    the menu depends on them.

    The browser component that listens for changes is inside the part, because a redraw requested from outside
    would interrupt whatever the page is doing.
    """

    def decorate(draw: Draw) -> Draw:
        @wraps(draw)
        def guarded(*args: Any, **named: Any) -> None:
            _ask_for_updates(navigation.ticket_in_address() if ticket else None, every_seconds, time=time)
            if session.is_other_now():
                st.rerun()
            with errors_shown():
                draw(*args, **named)
            rerun_if_desk_went_or_returned()

        return cast("Draw", st.fragment(guarded))

    return decorate


def _ask_for_updates(ticket_id: int | None, every_seconds: int, *, time: bool) -> None:
    def note_bump() -> None:
        redraws.note_bump((st.session_state.get("live_page") or {}).get("bump"))

    # The browser gets back the last bump that arrived here, and sends again what was lost on the way.
    data = {"ticket": ticket_id, "time": time, "every": every_seconds, "heard": redraws.last_bump()}
    with st.container(key="hidden_live_part"):
        _connection(key="live_page", data=data, on_bump_change=note_bump)
