"""Loads a component's files. People's words go to the browser as data and become text nodes there, nothing else."""

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

FOLDER = Path(__file__).parent


def component(name: str) -> "ComponentRenderer":
    """The component of that script and those styles."""
    return st.components.v2.component(f"lodge_{name}", js=script(name), css=styles(name))


def script(name: str) -> str:
    """base.js with name.js."""
    return "\n".join((FOLDER / file).read_text("utf-8") for file in ("base.js", f"{name}.js"))


def styles(name: str) -> str:
    """base.css with name.css, where there is one."""
    files = [FOLDER / "base.css", FOLDER / f"{name}.css"]
    return "\n".join(file.read_text("utf-8") for file in files if file.exists())
