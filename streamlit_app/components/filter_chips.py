"""The filters that are set, each as a chip with a button to remove it, and buttons beside them. Before them, links to
other ways to see the same tickets."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from streamlit_app.components.component_files import component, draw

_chips = component("filter_chips")


@dataclass(frozen=True)
class Way:
    """A page that shows the same tickets in another way."""

    label: str
    href: str
    is_current: bool


def filter_chips(
    key: str,
    chips: Mapping[str, str],
    acts: Sequence[tuple[str, str]],
    pressed: Callable[[str, str], None],
    ways: Sequence[Way] = (),
) -> None:
    """Draws the chips and the buttons. `chips` has each filter's words by its name; `acts` are the names of the other
    buttons with their labels. `pressed` gets "remove" and the name of a filter, or "act" and the name of a button."""

    def telling(kind: str) -> Callable[[str], None]:
        return lambda name: pressed(kind, str(name))

    data = {
        "chips": [{"name": name, "text": text} for name, text in chips.items()],
        "acts": [{"name": name, "label": label} for name, label in acts],
        "ways": [asdict(way) for way in ways],
    }
    draw(_chips, key, data, {kind: telling(kind) for kind in ("remove", "act")})
