"""The category that is suggested for a report, under its description: a line of text, or two buttons if the prediction
is unsure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from streamlit_app.components.component_files import component, draw

_suggestion = component("suggestion")


@dataclass(frozen=True)
class Shown:
    """What is shown. `options` maps the slugs of the suggested categories to their names. `others` is the label of the
    button that opens the list of all categories; if the list `is_open`, the same button closes it, so that it keeps
    the focus. `aside` is for screen readers only."""

    line: str
    options: Mapping[str, str] = field(default_factory=dict)
    others: str = ""
    is_open: bool = False
    aside: str = ""


def suggestion(key: str, shown: Shown, choose: Callable[[str], None], open_or_close: Callable[[], None]) -> None:
    """Draws the suggestion. Screen readers announce it when it changes."""
    options = [{"slug": slug, "name": name} for slug, name in shown.options.items()]
    data = {"line": shown.line, "options": options, "others": shown.others, "open": shown.is_open, "aside": shown.aside}
    draw(_suggestion, key, data, {"choose": lambda slug: choose(str(slug)), "list": lambda _: open_or_close()})
