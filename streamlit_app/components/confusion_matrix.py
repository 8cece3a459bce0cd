"""A confusion matrix: one row for each predicted category, one column for each actual one."""

from collections.abc import Sequence
from dataclasses import dataclass

from streamlit_app.components.component_files import component

_confusion = component("confusion_matrix")


@dataclass(frozen=True)
class Line:
    """One row. `cells` has one number for each column, and the sum of the row at the end. `right` is the index of the
    cell that counts right predictions; the row of sums has none."""

    name: str
    cells: Sequence[int]
    right: int | None = None


def confusion_matrix(key: str, label: str, columns: Sequence[str], lines: Sequence[Line]) -> None:
    """Draws the matrix. `label` is its name for screen readers."""
    _confusion(key=key, data={"label": label, "columns": columns, "lines": [vars(line) for line in lines]})
