"""A list of reports by other people, described by facts only, never by their texts. Each can have a button."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from streamlit_app.components.component_files import component, draw
from streamlit_app.language.words import Chip

_known = component("known")


@dataclass(frozen=True)
class Known:
    """One report. `ref` names it to the data API. `ticket_id` makes a link to the ticket, for people who may read it.
    `act` is the label of its button."""

    ref: str
    title: str
    note: str = ""
    chips: Sequence[Chip] = ()
    act: str = ""
    ticket_id: int | None = None


def known(
    key: str,
    lead: str,
    items: Sequence[Known],
    act: Callable[[str], None],
    *,
    unseen: str = "",
    seen: Callable[[], None] = lambda: None,
) -> None:
    """Draws the list. When a button is pressed, `act` is called with the report's ref. `unseen` is a key for the news
    in the list: `seen` is called once for each key, when the page is visible."""

    data = {"lead": lead, "items": [_data(item) for item in items], "unseen": unseen}
    draw(_known, key, data, {"act": lambda ref: act(str(ref)), "seen": lambda _: seen()})


def _data(item: Known) -> dict[str, Any]:
    link = {"id": item.ticket_id, "href": f"ticket?id={item.ticket_id}"} if item.ticket_id is not None else None
    shown = {"title": item.title, "note": item.note, "chips": [vars(chip) for chip in item.chips], "act": item.act}
    return {"ref": item.ref, "shown": shown | {"link": link}}
