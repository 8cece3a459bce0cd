"""A short list of tickets, beside another one."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from streamlit_app.components.component_files import component, draw
from streamlit_app.language.words import Chip

_ticket_links = component("ticket_links")


@dataclass(frozen=True)
class TicketLink:
    id: int
    title: str
    chip: Chip
    said: str


def ticket_links(
    key: str, label: str, items: Sequence[TicketLink], remove: Callable[[int], None] | None = None
) -> None:
    """Draws the list. `label` is its name for screen readers. With `remove`, each ticket has a button that takes it out
    of the list; `remove` is called with its number."""
    data = {"label": label, "items": [asdict(item) for item in items], "is_removable": remove is not None}
    draw(_ticket_links, key, data, {"remove": lambda number: remove and remove(int(number))})
