"""The button that exports tickets: it fetches the file, shows how far it is, and saves it."""

from streamlit_app.components.component_files import component

_export = component("export")


def export(key: str, href: str, label: str) -> None:
    """Draws the button. `href` is where the file comes from in pieces (contracts/export.py)."""
    _export(key=key, data={"href": href, "label": label})
