"""Says which colleagues are looking at a ticket now, and who of them is writing."""

from streamlit_app.components.component_files import component

_presence = component("presence")


def presence(ticket_id: int) -> None:
    """Draws a line that the browser fills from the live updates (`server/presence.py`). It also tells the others that
    this person is looking. For staff only."""
    _presence(key="presence", data={"ticket": ticket_id})
