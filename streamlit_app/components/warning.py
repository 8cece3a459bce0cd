"""A warning that is scrolled into view when it is new: the button that caused it may be at the edge of the window."""

from streamlit_app.components.component_files import component

_warning = component("warning")


def warning(key: str, text: str, number: int) -> None:
    """Draws the warning. A new `number` makes it count as new, also with the same text."""
    _warning(key=key, data={"text": text, "number": number})
