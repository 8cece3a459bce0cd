"""A few large numbers, each a link to what it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from streamlit_app.components.component_files import component

_numbers = component("numbers")

Filters = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Number:
    """One number. `page` with `filters` as its query is the view that shows what is counted, by default the queue."""

    name: str
    value: int | str
    filters: Filters = field(default_factory=dict)
    page: str = "queue"


def numbers(key: str, label: str, items: Sequence[Number], *, wide: bool = False) -> None:
    """Draws the list. `label` is its name for screen readers. `wide` leaves room for longer names of the numbers."""
    data = [
        {"name": item.name, "value": _said(item.value), "href": f"{item.page}?{urlencode(item.filters, doseq=True)}"}
        for item in items
    ]
    _numbers(key=key, data={"label": label, "items": data, "is_wide": wide})


def _said(value: int | str) -> str:
    return value if isinstance(value, str) else f"{value:,}"
