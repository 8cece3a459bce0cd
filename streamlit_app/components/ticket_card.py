"""The ticket at the top of its page: number, title, chips, description and facts."""

from collections.abc import Sequence
from dataclasses import dataclass

from streamlit_app.components.component_files import component
from streamlit_app.language.words import Chip

_card = component("ticket_card")


@dataclass(frozen=True)
class Fact:
    """A line of the card. `title` is the tooltip of the value."""

    name: str
    value: str
    title: str = ""


def ticket_card(number: int, title: str, description: str, chips: Sequence[Chip], facts: Sequence[Fact]) -> None:
    _card(
        key="ticket_card",
        data={
            "number": f"#{number}",
            "title": title,
            "description": description,
            "chips": [vars(chip) for chip in chips],
            "facts": [vars(fact) for fact in facts],
        },
    )
