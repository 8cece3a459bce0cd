"""The ticket at the top of its page: number, title, chips, description and facts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

from contracts.attachments import AttachmentRead
from streamlit_app.components.attached_files import shown_files
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
    files: Sequence[AttachmentRead] = (),
    delete_file: Callable[[int], None] | None = None,
    tickets: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Draws the card. Beside what tells fields that are `editable`, there is a button; `edit` is called with those
    fields. With `delete_file`, each of the files can be deleted: it is called with the file's id. `tickets`:
    the numbers in the description that become links, and what each says of its ticket."""

    def deleted(file_id: int) -> None:
        if delete_file:
            delete_file(int(file_id))

    data = {
        "number": f"#{number}",
        "title": title,
        "description": description,
        "tickets": dict(tickets),
        "chips": [vars(chip) for chip in chips],
        "facts": [asdict(fact) for fact in facts],
        "editable": list(editable),
        "files": shown_files(files),
        "may_delete_files": delete_file is not None,
    }
    pressed: dict[str, Callable[[Any], None]] = {
        "edit": lambda given: edit([str(field) for field in given if field in editable]),
        "delete_file": deleted,
    }
    draw(_card, KEY, data, pressed)
