"""The running timer of whoever works on a ticket, on every page."""

from streamlit_app.components.component_files import component

_timer = component("timer")


def timer() -> None:
    """Draws the timer. The browser asks for it, pauses and stops it by itself (`server/time_requests.py`)."""
    _timer(key="timer", data={})
