"""A list of tickets, of events of tickets, or of people: rows on a wide screen, cards on a narrow one."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from contracts.search import MarkedPart
from streamlit_app.components.component_files import component
from streamlit_app.language.words import Chip

_rows = component("rows")


@dataclass(frozen=True)
class Row:
    """One row. `id` is the ticket that a click opens, unless `href` is the address of something else. `title_parts` and
    `note_parts` are shown instead of `title` and `note`, with the matching parts marked."""

    id: int
    title: str
    note: str = ""
    chips: Sequence[Chip] = ()
    meta: Sequence[str] = field(default_factory=list)
    href: str = ""
    title_parts: Sequence[MarkedPart] = ()
    note_parts: Sequence[MarkedPart] = ()


def rows(key: str, label: str, items: Sequence[Row], *, page: int = 1) -> None:
    """Draws the list. A click on a row opens its page, and Back leads to the row. `label` is the name of the
    list for screen readers, `page` the number of its page: when it changes, the top of the list is shown."""
    data = [
        vars(item)
        | {
            "chips": [vars(chip) for chip in item.chips],
            "title_parts": [part.model_dump() for part in item.title_parts],
            "note_parts": [part.model_dump() for part in item.note_parts],
            "number": "" if item.href else f"#{item.id}",
            "href": item.href or f"ticket?id={item.id}",
        }
        for item in items
    ]
    _rows(key=key, data={"label": label, "items": data, "page": page})
