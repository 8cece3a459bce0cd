"""The entries of a list that somebody looks after, each with buttons for what can be done to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from streamlit_app.components.component_files import component
from streamlit_app.state import navigation

ACTS = {
    "examples": "Examples",
    "change": "Change",
    "merge": "Merge",
    "delete": "Delete",
    "remove": "Remove",
    "use": "Use this one",
}

_entries = component("entries")


@dataclass(frozen=True)
class Entry:
    """`mark` is a chip beside the name, `note` and `fact` the lines under it. `acts` are keys of ACTS. `is_text`: the
    name is a text that somebody wrote. `ticket` is where it comes from."""

    slug: str
    name: str
    note: str = ""
    mark: str = ""
    fact: str = ""
    acts: Sequence[str] = ("change", "delete")
    is_text: bool = False
    ticket: int | None = None


def entries(key: str, label: str, items: Sequence[Entry], pressed: Callable[[str, str], None]) -> None:
    """`pressed` is called with one of the acts and the slug of the entry. `label` is what screen readers call the
    list."""

    def telling(act: str) -> Callable[[], None]:
        def tell() -> None:
            if slug := (st.session_state.get(key) or {}).get(act):
                pressed(act, str(slug))

        return tell

    told = [vars(item) | {"acts": [{"kind": act, "label": ACTS[act]} for act in item.acts]} for item in items]
    callbacks: dict[str, Any] = {f"on_{act}_change": telling(act) for act in ACTS}
    drawn = _entries(key=key, data={"label": label, "items": told}, on_open_change=lambda: None, **callbacks)
    if (opened := drawn.get("open")) is not None:
        navigation.go("ticket", {"id": str(int(opened))})
