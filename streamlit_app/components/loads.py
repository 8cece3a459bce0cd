"""How much each of some people has to do, as bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from contracts.tickets import Status
from streamlit_app.components.component_files import component
from streamlit_app.language.words import Chip

_loads = component("loads")


@dataclass(frozen=True)
class Load:
    """One person. `said` tells in words what the bar shows. `share` is how full they are, 1 for as many tickets as they
    can work on at the same time; None without a bar. `note` is a line under it."""

    id: int
    name: str
    said: str
    share: float | None
    chips: Sequence[Chip] = ()
    note: str = ""


def loads(key: str, label: str, people: Sequence[Load]) -> None:
    """Draws the list. Each name leads to the person's tickets in the queue. `label` is the list's name for screen
    readers."""
    items = [vars(one) | {"chips": [vars(chip) for chip in one.chips], "href": _tickets_of(one)} for one in people]
    _loads(key=key, data={"label": label, "items": items})


def _tickets_of(person: Load) -> str:
    query = {"assignee": person.id, "status": [Status.OPEN.value, Status.ACTIVE.value]}
    return f"queue?{urlencode(query, doseq=True)}"
