"""Loads a component's files, and receives its events. Text that people wrote is only ever sent as data, and the scripts
insert it only as text nodes, never as HTML."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

FOLDER = Path(__file__).parent
# How many events of a component are known to have arrived: the browser sends one at a time, a few times at most.
MOST_DELIVERED = 8
# The further scripts and style sheets of some components, which may share them.
PARTS = {
    "board": ("board_tickets", "board_cards", "board_changes", "board_menu", "board_keys", "board_drag"),
    "composer": ("completion", "file_list", "draft_files"),
    "tag_editor": ("completion",),
    "timeline": ("file_list",),
    "ticket_card": ("file_list",),
    "timer": ("durations",),
    "ticket_time": ("durations",),
}


def component(name: str) -> "ComponentRenderer":
    """Registers the Streamlit component made of name.js and name.css."""
    return st.components.v2.component(f"lodge_{name}", js=script(name), css=styles(name))


def draw(
    renderer: "ComponentRenderer",
    key: str,
    data: Mapping[str, Any],
    handlers: Mapping[str, Callable[[Any], None]],
    **callbacks: Any,
) -> None:
    """Draws a component that sends events with `teller` (base.js). `handlers` has by its name what is called with an
    event's value. It is called once for each event, although the browser sends one again until it learns here that it
    has arrived."""

    def receiving(name: str) -> Callable[[], None]:
        def receive() -> None:
            event = (st.session_state.get(key) or {}).get(name)
            if event and _is_first_time(key, event["id"]):
                handlers[name](event["value"])

        return receive

    receivers: dict[str, Any] = {f"on_{name}_change": receiving(name) for name in handlers}
    renderer(key=key, data={**data, "delivered": _delivered(key)}, **receivers, **callbacks)


def _is_first_time(key: str, event_id: str) -> bool:
    before = _delivered(key)
    if event_id in before:
        return False
    st.session_state[f"{key}_delivered"] = [*before, event_id][-MOST_DELIVERED:]
    return True


def _delivered(key: str) -> list[str]:
    delivered: list[str] = st.session_state.get(f"{key}_delivered", [])
    return delivered


def script(name: str) -> str:
    """Returns base.js, the scripts that the component shares with others, and name.js."""
    return "\n".join((FOLDER / f"{part}.js").read_text("utf-8") for part in _parts(name))


def styles(name: str) -> str:
    """Returns the style sheets in the same order, as far as there are any."""
    files = [FOLDER / f"{part}.css" for part in _parts(name)]
    return "\n".join(file.read_text("utf-8") for file in files if file.exists())


def _parts(name: str) -> tuple[str, ...]:
    return ("base", *PARTS.get(name, ()), name)
