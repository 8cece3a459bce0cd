"""A field for many short texts, one a line, which are counted while they are written."""

from streamlit_app.components.parts import part

_lines = part("lines")


def lines_field(key: str, label: str, *, at_least: int) -> str:
    """What stands in it since it was left last. It says how many lines that differ are missing to `at_least`."""
    written = _lines(
        key=key,
        data={"label": label, "at_least": at_least},
        default={"text": ""},
        on_text_change=lambda: None,
    )
    return str(written.get("text") or "")
