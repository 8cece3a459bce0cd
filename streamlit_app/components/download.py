"""A link that saves a file, and that the browser follows by itself once."""

from streamlit_app.components.component_files import component

_download = component("download")


def download(key: str, file_id: str, href: str, name: str, label: str) -> None:
    """Draws the link. `file_id` tells one file from another: each is saved by itself once in a tab."""
    _download(key=key, data={"id": file_id, "href": href, "name": name, "label": label})
