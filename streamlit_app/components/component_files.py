"""Loads a component's files. Text that people wrote is only ever sent as data, and the scripts insert it only as text
nodes, never as HTML."""

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

FOLDER = Path(__file__).parent


def component(name: str) -> "ComponentRenderer":
    """Registers the Streamlit component made of name.js and name.css."""
    return st.components.v2.component(f"lodge_{name}", js=script(name), css=styles(name))


def script(name: str) -> str:
    """Returns base.js followed by name.js."""
    return "\n".join((FOLDER / file).read_text("utf-8") for file in ("base.js", f"{name}.js"))


def styles(name: str) -> str:
    """Returns base.css followed by name.css, if that exists."""
    files = [FOLDER / "base.css", FOLDER / f"{name}.css"]
    return "\n".join(file.read_text("utf-8") for file in files if file.exists())
