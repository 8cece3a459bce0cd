"""A text field for phrases, one a line, that counts them while they are typed."""

from streamlit_app.components.component_files import component

_input = component("phrase_input")


def phrase_input(key: str, label: str, *, at_least: int) -> str:
    """Draws the field and returns its text as of the last time that the field lost focus. Under the field it says
    how many more different phrases are needed to reach `at_least`."""
    written = _input(
        key=key,
        data={"label": label, "at_least": at_least},
        default={"text": ""},
        on_text_change=lambda: None,
    )
    return str(written.get("text") or "")
