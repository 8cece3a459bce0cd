"""What can be shown only once, such as the link of an invitation: it stays on the page until the person puts it away or
leaves the page. It is kept in the memory of the pages' server only."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from streamlit_app.components.copy_fields import CopyField, copy_fields
from streamlit_app.state import redraws

KEPT = "shown_once"


@dataclass(frozen=True)
class ShownOnce:
    """`visit` is the visit of the page that it belongs to. `title` is markdown: escape what people typed. `together`
    is a text with all of `fields`."""

    visit: int
    title: str
    explanation: str
    fields: Sequence[CopyField]
    together: str


def keep_to_show(place: str, title: str, explanation: str, fields: Sequence[CopyField], together: str = "") -> None:
    """Keeps something for this place on the page, which `show_once` draws. It replaces what was there."""
    _kept()[place] = ShownOnce(redraws.visit(), title, explanation, fields, together)


def put_away(place: str) -> None:
    _kept().pop(place, None)


def show_once(place: str) -> None:
    shown = _kept().get(place)
    if shown is None or shown.visit != redraws.visit():
        put_away(place)
        return
    with st.container(border=True, key=f"shown_once_{place}"):
        st.markdown(f"**{shown.title}**")
        st.text(shown.explanation)
        copy_fields(f"{place}_copy", "To copy", shown.fields, together=shown.together)
        st.button("Done", key=f"{place}_copied", on_click=put_away, args=(place,))


def _kept() -> dict[str, ShownOnce]:
    kept: dict[str, ShownOnce] = st.session_state.setdefault(KEPT, {})
    return kept
