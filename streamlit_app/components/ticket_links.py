"""A short list of tickets, beside another one."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from streamlit_app.components.component_files import component
from streamlit_app.language.words import Chip

_ticket_links = component("ticket_links")


@dataclass(frozen=True)
class TicketLink:
    id: int
    title: str
    chip: Chip
    said: str


def ticket_links(key: str, label: str, items: Sequence[TicketLink]) -> None:
    """Draws the list. `label` is its name for screen readers."""
    _ticket_links(key=key, data={"label": label, "items": [asdict(item) for item in items]})
