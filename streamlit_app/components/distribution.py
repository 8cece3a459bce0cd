"""A bar that shows how a number is made up, with the words and numbers under it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from streamlit_app.components.component_files import component
from streamlit_app.language.words import total

_distribution = component("distribution")


@dataclass(frozen=True)
class Part:
    """`tone` is one of those of chips. `is_capped`: there are more, and nobody has counted how many."""

    name: str
    value: int
    tone: str
    is_capped: bool = False


def distribution(key: str, label: str, parts: Sequence[Part]) -> None:
    """Draws the bar. `label` is its name for screen readers, which read the words under it."""
    data = [asdict(part) | {"said": total(part.value, is_capped=part.is_capped)} for part in parts]
    _distribution(key=key, data={"label": label, "parts": data})
