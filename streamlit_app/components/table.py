"""A table of figures, to be read: every cell is text already."""

from collections.abc import Sequence
from dataclasses import dataclass

from streamlit_app.components.component_files import component

_table = component("table")


@dataclass(frozen=True)
class Column:
    """Numbers stand at the right."""

    title: str
    is_number: bool = False


def table(key: str, label: str, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    """`label` is what screen readers call it."""
    _table(key=key, data={"label": label, "columns": [vars(column) for column in columns], "rows": rows})
