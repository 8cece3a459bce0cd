"""A row of buttons. A press says which state of the page the person saw, because the page may be drawn again while the
press is on its way, and the button may mean something else by then."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from streamlit_app.components.component_files import component, draw

_buttons = component("buttons")


@dataclass(frozen=True)
class Button:
    """`name` says what the button does. `label` is text, not markdown. `is_pressed` is None unless the button is one
    value of a choice. `key` presses it, if the page's keys have it."""

    name: str
    label: str
    is_primary: bool = False
    is_link: bool = False
    is_pressed: bool | None = None
    key: str = ""


def buttons(
    key: str, shown: int, items: Sequence[Button], pressed: Callable[[str, int], None], label: str = ""
) -> None:
    """Draws the buttons. `shown` numbers the state of the page that they are drawn for. `pressed` is called with the
    name of the button and the number of the state that the person saw, which may be an earlier one. With `label`, the
    row is one choice of that name."""

    def press(given: dict[str, Any]) -> None:
        pressed(str(given["name"]), int(given["shown"]))

    data = {"shown": shown, "label": label, "buttons": [asdict(item) for item in items]}
    draw(_buttons, key, data, {"press": press})
