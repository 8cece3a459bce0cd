"""A few large numbers, each a link to what it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from streamlit_app import navigation
from streamlit_app.components.parts import part

_numbers = part("numbers")

Filters = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Number:
    """`filters` is the queue's view that shows what is counted."""

    name: str
    value: int
    filters: Filters = field(default_factory=dict)


def numbers(key: str, label: str, items: Sequence[Number]) -> None:
    """`label` is what screen readers call the list."""
    data = [
        {"name": item.name, "value": f"{item.value:,}", "href": f"queue?{urlencode(item.filters, doseq=True)}"}
        for item in items
    ]
    opened = _numbers(key=key, data={"label": label, "items": data}, on_open_change=lambda: None).get("open")
    if opened is not None:
        navigation.go("queue", items[int(opened)].filters)
