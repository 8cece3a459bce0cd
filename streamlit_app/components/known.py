"""Reports that are known already, as facts: nobody's words, and a button to each where something can be done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from streamlit_app.components.component_files import component
from streamlit_app.language.words import Chip
from streamlit_app.state import navigation

_known = component("known")


@dataclass(frozen=True)
class Known:
    """`ref` names it to the data API; `ticket_id` leads to it, for those who may. `act` is its button's label."""

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
    """Draws them. `act` is called with the ref whose button was pressed. `unseen` names what is new in them: `seen` is
    called once for it, when it stands before somebody's eyes."""

    def acted() -> None:
        if ref := (st.session_state.get(key) or {}).get("act"):
            act(str(ref))

    data = {"lead": lead, "items": [_data(item) for item in items], "unseen": unseen}
    opened = _known(key=key, data=data, on_act_change=acted, on_seen_change=seen, on_open_change=lambda: None).get(
        "open"
    )
    if opened is not None:
        navigation.go("ticket", {"id": str(int(opened))})


def _data(item: Known) -> dict[str, Any]:
    link = {"id": item.ticket_id, "href": f"ticket?id={item.ticket_id}"} if item.ticket_id is not None else None
    shown = {"title": item.title, "note": item.note, "chips": [vars(chip) for chip in item.chips], "act": item.act}
    return {"ref": item.ref, "shown": shown | {"link": link}}
