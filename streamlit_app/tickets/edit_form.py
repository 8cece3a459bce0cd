"""The form that changes what a ticket says. It stands outside the parts that redraw, so typing is never disturbed."""

from dataclasses import dataclass
from typing import Any

import streamlit as st
from pydantic import ValidationError

from contracts.tickets import TicketRead
from streamlit_app.client.errors import ApiError, faults
from streamlit_app.components.warning import warning
from streamlit_app.language.text import apart, one_line
from streamlit_app.state import lists, session
from streamlit_app.tickets.actions import told
from streamlit_app.tickets.editing import Clash, changes_of, save, value_of

LABELS = {
    "title": "Title",
    "description": "Description",
    "building": "Building",
    "room": "Room",
    "tags": "Tags",
    "is_confidential": "Confidential",
}


@dataclass
class Editing:
    """`shown` is what the form was filled with, `seen` the newest that its reader was told of. `warnings` is how many
    there were."""

    shown: TicketRead
    seen: TicketRead
    warning: str = ""
    warnings: int = 0

    def warn(self, sentence: str) -> None:
        self.warning = sentence
        self.warnings += 1


def edit_button(ticket_id: int) -> None:
    """Opens the form with the ticket as it stands, or closes it."""
    is_open = _editing(ticket_id) is not None
    st.button("Close the form" if is_open else "Edit", key="edit", type="tertiary", on_click=_toggle, args=(ticket_id,))


def edit_form(ticket_id: int) -> None:
    """What is typed stays until it is saved or the form is closed."""
    if (editing := _editing(ticket_id)) is None:
        return
    fields = [field for field in LABELS if field in editing.shown.editable]
    if not fields:
        st.info("A closed ticket cannot be edited. Reopen it first.")
        return
    key = f"edit_{ticket_id}_{editing.shown.version}"
    with st.form(key, enter_to_submit=False):
        wanted = {field: _widget(f"{key}_{field}", field, editing.shown) for field in fields}
        # Above the button, where it is read before that is pressed again.
        place = st.container()
        if st.form_submit_button("Save", type="primary"):
            _save(editing, changes_of(editing.shown, wanted))
        if editing.warning:
            with place:
                warning("edit_warning", editing.warning, editing.warnings)


def _editing(ticket_id: int) -> Editing | None:
    editing: Editing | None = st.session_state.get("editing")
    return editing if editing and editing.shown.id == ticket_id else None


def _toggle(ticket_id: int) -> None:
    if _editing(ticket_id):
        del st.session_state["editing"]
        return
    try:
        ticket = session.api().ticket(ticket_id)
    except ApiError as error:
        told(error.sentence)
    else:
        st.session_state["editing"] = Editing(ticket, ticket)


def _save(editing: Editing, changes: dict[str, Any]) -> None:
    try:
        result = save(session.api(), editing.seen, changes)
    except ValidationError as error:
        editing.warn(faults(error))
    except ApiError as error:
        editing.warn(error.sentence)
    else:
        if isinstance(result, Clash):
            editing.seen = result.now
            editing.warn(_told(result))
            return
        del st.session_state["editing"]
        st.toast("Saved.")
        st.rerun()


def _told(clash: Clash) -> str:
    now = "; ".join(
        f"{LABELS[field]} is now “{apart(one_line(str(value_of(clash.now, field)), 80))}”" for field in clash.fields
    )
    return f"Somebody else changed this meanwhile: {now}. What you typed is kept: save again to replace theirs."


def _widget(key: str, field: str, ticket: TicketRead) -> Any:
    """Draws one field and tells what it holds, as an edit sends it."""
    value = value_of(ticket, field)
    label = LABELS[field]
    match field:
        case "description":
            return st.text_area(label, value, key=key, max_chars=20_000, height=160).strip()
        case "building":
            options = [None, *lists.building_names()]
            names = lists.building_names()
            return st.selectbox(
                label, options, options.index(value), key=key, format_func=lambda slug: names.get(slug or "", "None")
            )
        case "tags":
            return sorted(
                st.multiselect(label, value, value, key=key, accept_new_options=True, placeholder="Type a tag")
            )
        case "is_confidential":
            return st.toggle(
                label, value, key=key, help="Only the requester, administrators and those named may read it."
            )
        case _:
            limit = 200 if field == "title" else 60
            return st.text_input(label, value or "", key=key, max_chars=limit).strip() or _if_empty(field)


def _if_empty(field: str) -> str | None:
    """A room may be none; a title may not, and is refused in words."""
    return None if field == "room" else ""
