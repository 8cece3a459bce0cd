"""A sentence that comes into view when it is new: what was pressed may stand at the edge of the window."""

from streamlit_app.components.component_files import component

_warning = component("warning")


def warning(key: str, text: str, number: int) -> None:
    """Draws it. Another `number` makes it new, even in the same words."""
    _warning(key=key, data={"text": text, "number": number})
