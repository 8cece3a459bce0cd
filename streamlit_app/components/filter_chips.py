"""The filters that are set, each as a chip with a button to remove it, and buttons beside them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from streamlit_app.components.component_files import component

_chips = component("filter_chips")


def filter_chips(
    key: str, chips: Mapping[str, str], acts: Sequence[tuple[str, str]], pressed: Callable[[str, str], None]
) -> None:
    """Draws the chips and the buttons. `chips` has each filter's words by its name; `acts` are the names of the other
    buttons with their labels. `pressed` gets "remove" and the name of a filter, or "act" and the name of a button."""

    def telling(kind: str) -> Callable[[], None]:
        def tell() -> None:
            if name := (st.session_state.get(key) or {}).get(kind):
                pressed(kind, str(name))

        return tell

    data = {
        "chips": [{"name": name, "text": text} for name, text in chips.items()],
        "acts": [{"name": name, "label": label} for name, label in acts],
    }
    callbacks: dict[str, Any] = {f"on_{kind}_change": telling(kind) for kind in ("remove", "act")}
    _chips(key=key, data=data, **callbacks)
