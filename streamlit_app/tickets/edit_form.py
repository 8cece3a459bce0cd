"""The form that edits a ticket's fields. It is drawn outside the live parts of the page, which redraw themselves, so
that a redraw never disturbs typing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from pydantic import ValidationError

from contracts.tickets import TicketRead
from streamlit_app.client.errors import ApiError, faults
from streamlit_app.components.warning import warning
from streamlit_app.language.text import isolated
from streamlit_app.shell.dialogs import opened_in_live_part
from streamlit_app.state import last_answers, session
from streamlit_app.tickets.clashes import tell
from streamlit_app.tickets.editing import Clash, changes_of, save
from streamlit_app.tickets.fields import BY_NAME, IN_FORM, IN_FORM_BY_NAME, TicketField


@dataclass
class Editing:
    """The state of an open form. `shown` is the version of the ticket that the form was filled with; `seen` is the
    newest version whose changes the user has been warned about. `fields` are the names of the fields that it has; all
    if there are none. `warnings` counts the warnings so far."""

    shown: TicketRead
    seen: TicketRead
    fields: Sequence[str] = ()
    warning: str = ""
    warnings: int = 0

    def warn(self, sentence: str) -> None:
        self.warning = sentence
        self.warnings += 1


def edit_button(ticket_id: int) -> None:
    """Draws the button that opens the form, filled with the ticket's current values, or closes it."""
    is_open = _editing(ticket_id) is not None
    st.button("Close the form" if is_open else "Edit", key="edit", type="tertiary", on_click=_toggle, args=(ticket_id,))


def edit_form(ticket_id: int) -> None:
    """Draws the form if it is open. What is typed stays until it is saved or the form is closed."""
    if (editing := _editing(ticket_id)) is None:
        return
    wanted_fields = editing.fields or IN_FORM_BY_NAME
    fields = [field for field in IN_FORM if field.name in editing.shown.editable and field.name in wanted_fields]
    if not fields:
        st.info("A closed ticket cannot be edited. Reopen it first.")
        return
    key = f"edit_{ticket_id}_{editing.shown.version}"
    with st.form(key, enter_to_submit=False):
        wanted = {field.name: _draw(f"{key}_{field.name}", field, editing.shown) for field in fields}
        # The warning goes above the button, so that it is read before the button is pressed again.
        place = st.container()
        if st.form_submit_button("Save", type="primary"):
            _save(editing, changes_of(editing.shown, wanted))
        if editing.warning and not last_answers.has_passed(editing.warning):
            with place:
                warning("edit_warning", editing.warning, editing.warnings)


def _editing(ticket_id: int) -> Editing | None:
    editing: Editing | None = st.session_state.get("editing")
    return editing if editing and editing.shown.id == ticket_id else None


def _toggle(ticket_id: int) -> None:
    if _editing(ticket_id):
        del st.session_state["editing"]
    else:
        _open(ticket_id)


def open_form(ticket_id: int, fields: Sequence[str]) -> None:
    """Opens the form with these fields. Call it in a live part, which is to call `dialogs.rerun_if_opened`: the form
    stands outside it."""
    if _editing(ticket_id) is None:
        _open(ticket_id, fields)
    opened_in_live_part()


def _open(ticket_id: int, fields: Sequence[str] = ()) -> None:
    try:
        ticket = session.api().ticket(ticket_id)
    except ApiError as error:
        tell(ticket_id, error.sentence)
    else:
        st.session_state["editing"] = Editing(ticket, ticket, tuple(fields))


def _save(editing: Editing, changes: dict[str, Any]) -> None:
    try:
        result = save(session.api(), editing.seen, changes)
    except ValidationError as error:
        editing.warn(faults(error))
    except ApiError as error:
        last_answers.note_if_away(error)
        editing.warn(error.sentence)
    else:
        if isinstance(result, Clash):
            editing.seen = result.now
            editing.warn(_clash_sentence(result))
            return
        del st.session_state["editing"]
        st.toast("Saved.")
        st.rerun()


def _clash_sentence(clash: Clash) -> str:
    fields = (BY_NAME[name] for name in clash.fields)
    now = "; ".join(f"{one.label} is now “{isolated(one.in_words(getattr(clash.now, one.name)))}”" for one in fields)
    return f"Somebody else changed this meanwhile: {now}. What you typed is kept: save again to replace theirs."


def _draw(key: str, field: TicketField, ticket: TicketRead) -> Any:
    """Draws the widget and returns its value in the form that an edit sends."""
    assert field.editor
    return field.editor.draw(key, field.label, getattr(ticket, field.name))
