"""Where a report will go, under its description: a quiet line, or two buttons where the words leave it open."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import streamlit as st

from streamlit_app.components.component_files import component

_suggestion = component("suggestion")


@dataclass(frozen=True)
class Shown:
    """`options` are the choices by their slugs; `others` is the label of the button that opens the list of all, and
    closes it where it `is_open`: the button stays, and with it the focus. `aside` is for screen readers only."""

    line: str
    options: Mapping[str, str] = field(default_factory=dict)
    others: str = ""
    is_open: bool = False
    aside: str = ""


def suggestion(key: str, shown: Shown, choose: Callable[[str], None], open_or_close: Callable[[], None]) -> None:
    """Draws it. Screen readers hear when it says something else."""

    def chosen() -> None:
        if slug := (st.session_state.get(key) or {}).get("choose"):
            choose(str(slug))

    options = [{"slug": slug, "name": name} for slug, name in shown.options.items()]
    data = {"line": shown.line, "options": options, "others": shown.others, "open": shown.is_open, "aside": shown.aside}
    _suggestion(key=key, data=data, on_choose_change=chosen, on_list_change=open_or_close)
