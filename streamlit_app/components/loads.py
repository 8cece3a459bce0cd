"""How much each of some people has to do, as bars."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from streamlit_app.components.component_files import component
from streamlit_app.components.numbers import Filters
from streamlit_app.language.words import Chip

_loads = component("loads")


@dataclass(frozen=True)
class Load:
    """One person. `said` tells in words what the bar shows. `share` is how full they are, 1 for as many tickets as they
    can work on at the same time; None without a bar. `note` is a line under it. `tickets` are the filters with which
    the queue shows their tickets; without filters there is no link."""

    name: str
    said: str
    share: float | None
    chips: Sequence[Chip] = ()
    note: str = ""
    tickets: Filters = field(default_factory=dict)


def loads(key: str, label: str, people: Sequence[Load]) -> None:
    """Draws the list. `label` is its name for screen readers."""
    items = [vars(one) | {"chips": [vars(chip) for chip in one.chips], "href": _href(one.tickets)} for one in people]
    _loads(key=key, data={"label": label, "items": items})


def _href(filters: Filters) -> str:
    return f"queue?{urlencode(filters, doseq=True)}" if filters else ""
