"""What was taken for what: one row for each prediction, one column for each truth."""

from collections.abc import Sequence
from dataclasses import dataclass

from streamlit_app.components.component_files import component

_confusion = component("confusion_matrix")


@dataclass(frozen=True)
class Line:
    """`cells` go by the columns, the last one is the sum. `right` is the place of the one that is right; the sums have
    none."""

    name: str
    cells: Sequence[int]
    right: int | None = None


def confusion_matrix(key: str, label: str, columns: Sequence[str], lines: Sequence[Line]) -> None:
    """`label` is what screen readers call it."""
    _confusion(key=key, data={"label": label, "columns": columns, "lines": [vars(line) for line in lines]})
