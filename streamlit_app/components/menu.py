"""The menu at the side, and the bar at the bottom of a phone with its most used pages."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from streamlit_app.components.component_files import component

_menu = component("menu")
_phone_bar = component("phone_bar")


@dataclass(frozen=True)
class Entry:
    """A link of a menu. `href` is the page's address. `counts_unread`: the number of tickets with something new is
    shown beside it."""

    label: str
    href: str
    is_current: bool = False
    counts_unread: bool = False


def menu(
    key: str,
    groups: Mapping[str, Sequence[Entry]],
    *,
    new: Entry | None = None,
    search: str = "",
    has_keys: bool = False,
    unread: int = 0,
) -> None:
    """Draws the pages in their groups. `new` is the link with which somebody reports a problem, `search` the address of
    the page that searches, `has_keys` whether there is a button that shows the keys."""
    shown = [{"name": name, "entries": [asdict(entry) for entry in entries]} for name, entries in groups.items()]
    data = {"groups": shown, "new": asdict(new) if new else None, "search": search, "hasKeys": has_keys}
    _menu(key=key, data=data | {"unread": unread})


def phone_bar(entries: Sequence[Entry], *, unread: int) -> None:
    """Draws the bar. Its last button opens the menu."""
    _phone_bar(key="phone_bar", data={"entries": [asdict(entry) for entry in entries], "unread": unread})
