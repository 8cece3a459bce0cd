"""The filters that are set, each as a chip with a button to remove it, and buttons beside them."""

from collections.abc import Callable, Mapping, Sequence

from streamlit_app.components.component_files import component, draw

_chips = component("filter_chips")


def filter_chips(
    key: str, chips: Mapping[str, str], acts: Sequence[tuple[str, str]], pressed: Callable[[str, str], None]
) -> None:
    """Draws the chips and the buttons. `chips` has each filter's words by its name; `acts` are the names of the other
    buttons with their labels. `pressed` gets "remove" and the name of a filter, or "act" and the name of a button."""

    def telling(kind: str) -> Callable[[str], None]:
        return lambda name: pressed(kind, str(name))

    data = {
        "chips": [{"name": name, "text": text} for name, text in chips.items()],
        "acts": [{"name": name, "label": label} for name, label in acts],
    }
    draw(_chips, key, data, {kind: telling(kind) for kind in ("remove", "act")})
