"""The running timer of whoever works on a ticket, on every page."""

from streamlit_app.components.component_files import component

_timer = component("timer")


def timer(*, in_menu: bool) -> None:
    """Draws the timer, which is shown in the menu or, where that is closed, at the bottom of the page: draw it in both.
    The browser asks for it, pauses and stops it by itself (`server/time_requests.py`)."""
    _timer(key="timer_in_menu" if in_menu else "timer", data={"in_menu": in_menu})
