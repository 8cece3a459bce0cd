"""A plain table of figures, whose cells are formatted already."""

from collections.abc import Sequence
from dataclasses import dataclass

from streamlit_app.components.component_files import component

_table = component("table")


@dataclass(frozen=True)
class Column:
    """A column. Numbers are aligned to the right."""

    title: str
    is_number: bool = False


def table(
    key: str, label: str, columns: Sequence[Column], rows: Sequence[Sequence[str]], *, has_cards: bool = False
) -> None:
    """Draws the table. `label` is its name for screen readers. With `has_cards`, each row becomes a card on a phone, in
    which every cell that is not empty has its column's title."""
    data = {"label": label, "columns": [vars(column) for column in columns], "rows": rows, "has_cards": has_cards}
    _table(key=key, data=data)
