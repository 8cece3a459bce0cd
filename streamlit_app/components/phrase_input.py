"""A field for many short texts, one a line, which are counted while they are written."""

from streamlit_app.components.component_files import component

_input = component("phrase_input")


def phrase_input(key: str, label: str, *, at_least: int) -> str:
    """What stands in it since it was left last. It says how many lines that differ are missing to `at_least`."""
    written = _input(
        key=key,
        data={"label": label, "at_least": at_least},
        default={"text": ""},
        on_text_change=lambda: None,
    )
    return str(written.get("text") or "")
