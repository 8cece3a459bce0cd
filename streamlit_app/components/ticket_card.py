"""The ticket at the top of its page: number, title, chips, description and facts."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from streamlit_app.components.component_files import component, draw
from streamlit_app.language.words import Chip

KEY = "ticket_card"

_card = component("ticket_card")


@dataclass(frozen=True)
class Fact:
    """A line of the card. `title` is the tooltip of the value; `fields` are the fields of the ticket that it tells."""

    name: str
    value: str
    title: str = ""
    fields: Sequence[str] = ()


def ticket_card(
    number: int,
    title: str,
    description: str,
    chips: Sequence[Chip],
    facts: Sequence[Fact],
    editable: Sequence[str] = (),
    edit: Callable[[Sequence[str]], None] = lambda _: None,
) -> None:
    """Draws the card. Beside what tells fields that are `editable`, there is a button; `edit` is called with those
    fields."""

    data = {
        "number": f"#{number}",
        "title": title,
        "description": description,
        "chips": [vars(chip) for chip in chips],
        "facts": [asdict(fact) for fact in facts],
        "editable": list(editable),
    }
    pressed = {"edit": lambda given: edit([str(field) for field in given if field in editable])}
    draw(_card, KEY, data, pressed)
