"""The time that people worked on a ticket, on its page."""

from datetime import date

from streamlit_app.components.component_files import component

_ticket_time = component("ticket_time")


def ticket_time(ticket_id: int, me: int, today: date, timezone: str) -> None:
    """Draws the block. The browser asks for the entries and changes them by itself (`server/time_requests.py`). `me` is
    the person who looks, `today` the day on the campus, `timezone` the name of the campus's time zone."""
    _ticket_time(key="ticket_time", data={"ticket": ticket_id, "me": me, "today": today.isoformat(), "zone": timezone})
