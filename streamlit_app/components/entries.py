"""A list that somebody keeps: its entries, each with buttons."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from streamlit_app.components.component_files import component, draw

ACTS = {
    "examples": "Examples",
    "people": "People",
    "tickets": "Tickets",
    "on": "Switch on",
    "off": "Switch off",
    "up": "Move up",
    "down": "Move down",
    "change": "Change",
    "archive": "Archive",
    "restore": "Take out of the archive",
    "rename": "Rename",
    "merge": "Merge",
    "delete": "Delete",
    "remove": "Remove",
    "end": "End",
    "revoke": "Revoke",
    "use": "Use this one",
    "open": "Open",
    "run": "Run again",
    "edit": "Put into the editor",
}

_entries = component("entries")


@dataclass(frozen=True)
class Entry:
    """One entry. `mark` is a chip beside the name, in the tone `mark_tone`; `note` and `fact` are lines under it.
    `acts` are the keys in ACTS of its buttons. `is_text`: the name is a text that somebody wrote. `ticket` is the
    ticket that it comes from. `called`: what its buttons call it to screen readers; the beginning of the name when
    empty."""

    slug: str
    name: str
    note: str = ""
    mark: str = ""
    fact: str = ""
    acts: Sequence[str] = ("change", "delete")
    is_text: bool = False
    ticket: int | None = None
    mark_tone: str = "green"
    called: str = ""


def entries(
    key: str, label: str, items: Sequence[Entry], pressed: Callable[[str, str], None], *, page: int = 1
) -> None:
    """Draws the list. When a button is pressed, `pressed` is called with its key in ACTS and the entry's slug. `label`
    is the name of the list for screen readers, `page` the number of its page: when it changes, the top of the list is
    shown."""

    def telling(act: str) -> Callable[[str], None]:
        return lambda slug: pressed(act, str(slug))

    told = [vars(item) | {"acts": [{"kind": act, "label": ACTS[act]} for act in item.acts]} for item in items]
    draw(_entries, key, {"label": label, "items": told, "page": page}, {act: telling(act) for act in ACTS})
