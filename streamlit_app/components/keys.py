"""The keys that lead to pages and press buttons, and the dialog that lists them. Everything happens in the browser: no
key asks Python for a redraw by itself."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from streamlit_app.components.component_files import component

_keys = component("keys")


@dataclass(frozen=True)
class Key:
    """`keys` is what somebody types: one key, or two separated by a space. With `is_only_told`, another part of the
    page does what the list says. Otherwise the key goes to the element on the page that is marked with
    `data-key="…"` and this key, or whose name begins with one of `names`: a field gets the focus, anything else is
    pressed. If there is none, it leads to the page `href`. Elements whose name begins with one of `asks` only get the
    focus: Enter presses them."""

    keys: str
    does: str
    href: str = ""
    names: Sequence[str] = ()
    is_only_told: bool = False
    asks: Sequence[str] = ()


@dataclass(frozen=True)
class KeyGroup:
    title: str
    keys: Sequence[Key]


def keys(groups: Sequence[KeyGroup]) -> None:
    """Makes these keys work on this page."""
    _keys(key="keys", data={"groups": [asdict(group) for group in groups]})
