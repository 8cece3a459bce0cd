"""The menu at the side, and the bar at the bottom of a phone with its most used pages."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from streamlit_app.components.component_files import component

NOTHING: Mapping[str, int] = {}

_menu = component("menu")
_phone_bar = component("phone_bar")


@dataclass(frozen=True)
class Entry:
    """A link of a menu. `href` is the page's address. `counts` is what is counted beside it, if anything: `unread`
    tickets with something new, or unseen `mentions`."""

    label: str
    href: str
    is_current: bool = False
    counts: str = ""


def menu(
    key: str,
    groups: Mapping[str, Sequence[Entry]],
    *,
    new: Entry | None = None,
    search: str = "",
    has_keys: bool = False,
    news: Mapping[str, int] = NOTHING,
) -> None:
    """Draws the pages in their groups. `new` is the link with which somebody reports a problem, `search` the address of
    the page that searches, `has_keys` whether there is a button that shows the keys. `news` are the numbers of what
    entries count."""
    shown = [{"name": name, "entries": [asdict(entry) for entry in entries]} for name, entries in groups.items()]
    data = {"groups": shown, "new": asdict(new) if new else None, "search": search, "hasKeys": has_keys}
    _menu(key=key, data=data | {"news": dict(news)})


def phone_bar(entries: Sequence[Entry], *, more_counts: str = "", news: Mapping[str, int]) -> None:
    """Draws the bar. Its last button opens the menu; `more_counts` is what is counted beside it, as that is in the menu
    alone."""
    shown = [asdict(entry) for entry in entries]
    _phone_bar(key="phone_bar", data={"entries": shown, "moreCounts": more_counts, "news": dict(news)})
