"""Loads a component's files. People's words go to the browser as data and become text nodes there, nothing else."""

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

FOLDER = Path(__file__).parent


def part(name: str) -> "ComponentRenderer":
    """The component made of base.js with name.js, and base.css with name.css where there is one."""
    styles = [FOLDER / "base.css", FOLDER / f"{name}.css"]
    return st.components.v2.component(
        f"lodge_{name}",
        js="\n".join((FOLDER / file).read_text("utf-8") for file in ("base.js", f"{name}.js")),
        css="\n".join(file.read_text("utf-8") for file in styles if file.exists()),
    )
