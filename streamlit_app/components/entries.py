"""The entries of a short list, with a button to change and one to delete each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from streamlit_app.components.parts import part

_entries = part("entries")


@dataclass(frozen=True)
class Entry:
    """`mark` is a chip beside the name, `note` the line under it."""

    slug: str
    name: str
    note: str = ""
    mark: str = ""


def entries(key: str, label: str, items: Sequence[Entry], pressed: Callable[[str, str], None]) -> None:
    """`pressed` is called with "change" or "delete" and the slug of the entry."""

    def tell(what: str) -> None:
        if slug := (st.session_state.get(key) or {}).get(what):
            pressed(what, str(slug))

    data = {"label": label, "items": [vars(item) for item in items]}
    _entries(key=key, data=data, on_change_change=lambda: tell("change"), on_delete_change=lambda: tell("delete"))
