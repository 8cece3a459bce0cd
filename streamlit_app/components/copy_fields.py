"""Texts that somebody takes along, such as a link, each with a button that copies it."""

from collections.abc import Sequence
from dataclasses import dataclass

from streamlit_app.components.component_files import component

_copy_fields = component("copy_fields")


@dataclass(frozen=True)
class CopyField:
    label: str
    text: str


def copy_fields(key: str, label: str, fields: Sequence[CopyField], *, together: str = "") -> None:
    """Draws the fields. `label` is the name of the list for screen readers. `together` is a text with all of them,
    which gets a button of its own."""
    _copy_fields(key=key, data={"label": label, "fields": [vars(field) for field in fields], "together": together})
