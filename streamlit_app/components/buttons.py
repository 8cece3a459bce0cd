"""A row of buttons. A press says which state of the page the person saw, because the page may be drawn again while the
press is on its way, and the button may mean something else by then."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from streamlit_app.components.component_files import component

_buttons = component("buttons")


@dataclass(frozen=True)
class Button:
    """`name` says what the button does. `label` is text, not markdown."""

    name: str
    label: str
    is_primary: bool = False
    is_link: bool = False


def buttons(key: str, shown: int, items: Sequence[Button], pressed: Callable[[str, int], None]) -> None:
    """Draws the buttons. `shown` numbers the state of the page that they are drawn for. `pressed` is called with the
    name of the button and the number of the state that the person saw, which may be an earlier one."""

    def press() -> None:
        if given := (st.session_state.get(key) or {}).get("press"):
            pressed(str(given["name"]), int(given["shown"]))

    _buttons(key=key, data={"shown": shown, "buttons": [asdict(item) for item in items]}, on_press_change=press)
