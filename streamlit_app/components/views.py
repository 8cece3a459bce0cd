"""The views of the queue in the sidebar, as links with the number of tickets that each has."""

from collections.abc import Sequence
from dataclasses import dataclass

from streamlit_app.components.component_files import component

_views = component("views")


@dataclass(frozen=True)
class ViewLink:
    """One view. `key` is what the counts call it; `note` says whose it is, if it is somebody else's."""

    key: str
    name: str
    href: str
    note: str = ""
    is_current: bool = False


def view_links(key: str, links: Sequence[ViewLink]) -> None:
    """Draws the links. The browser asks for the counts by itself (`server/view_counts.py`)."""
    _views(key=key, data={"links": [vars(link) for link in links]})
