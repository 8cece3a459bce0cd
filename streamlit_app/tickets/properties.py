"""What stands beside a ticket for staff to set at once: its assignee, team, stage, priority and category."""

from typing import Any

import streamlit as st

from contracts.tickets import TicketRead
from streamlit_app.client.errors import ApiError
from streamlit_app.components.buttons import Button
from streamlit_app.state import session
from streamlit_app.tickets.assigning import offer_team
from streamlit_app.tickets.assignment_reason import assignment_reason
from streamlit_app.tickets.category_reason import category_reason
from streamlit_app.tickets.clashes import forget_notice, tell, tell_clash, tell_refusal
from streamlit_app.tickets.editing import Clash, save
from streamlit_app.tickets.editors import Choice, OneOfFew
from streamlit_app.tickets.fields import SET_AT_ONCE, TicketField
from streamlit_app.tickets.ticket_buttons import ticket_buttons

REFUSALS = "refused_choices"
NOT_SAVED = "your choice was not saved. Please look again"


def properties(ticket: TicketRead) -> None:
    """Draws the select boxes and buttons. A choice is saved at once."""
    for field in SET_AT_ONCE:
        if isinstance(field.editor, OneOfFew):
            _one_of_few(ticket, field, field.editor)
        else:
            _choice(ticket, field)
        if field.name == "assignee":
            assignment_reason(ticket)
        if field.name == "category":
            category_reason(ticket)


def _one_of_few(ticket: TicketRead, field: TicketField, editor: OneOfFew) -> None:
    def do(chosen: str, seen: TicketRead) -> TicketRead | None:
        forget_notice(seen.id)
        try:
            result = save(session.api(), seen, {field.name: chosen})
        except ApiError as error:
            tell(seen.id, error.sentence)
            return None
        if isinstance(result, Clash):
            tell_clash(result, NOT_SAVED)
            return None
        return result

    value = field.value(ticket)
    options = enumerate(editor.names().items(), 1)
    items = [Button(str(name), label, is_pressed=name == value, key=str(place)) for place, (name, label) in options]
    ticket_buttons(field.name, ticket, items, do, field.label)


def _choice(ticket: TicketRead, field: TicketField) -> None:
    """Draws one select box. It gets a new key, and so becomes a new widget with the current value, only when this field
    changes: other changes of the ticket must not close a box that is open. The number of refusals is part of the key
    too: after one, the browser would otherwise keep the refused value and send it again."""
    assert isinstance(field.editor, Choice)
    key = f"{field.name}_{ticket.id}_{_drawn_since(ticket, field)}_{st.session_state.get(REFUSALS, 0)}"
    value = getattr(ticket, field.name)
    field.editor.draw(key, field.label, value, on_change=_chosen, args=(ticket, field, key))


def _drawn_since(ticket: TicketRead, field: TicketField) -> int:
    """Returns the version of the ticket in which the field was first drawn with its current value."""
    drawn = (ticket.id, field.value(ticket))
    kept: tuple[tuple[int, object], int] | None = st.session_state.get(_drawn_key(field))
    if kept is None or kept[0] != drawn:
        st.session_state[_drawn_key(field)] = kept = (drawn, ticket.version)
    return kept[1]


def _drawn_key(field: TicketField) -> str:
    return f"{field.name}_drawn"


def _chosen(ticket: TicketRead, field: TicketField, key: str) -> None:
    """Saves a choice. During a redraw the browser may report the value of a box that was already replaced on the
    server, as if it had changed. So a value is saved only if it differs from the one that the box was drawn with or,
    if somebody has chosen in that box before, from the last choice."""
    chosen, answered = st.session_state[key], f"{field.name}_answered"
    before = st.session_state.get(answered, ("", None, ticket))
    last, seen = before[1:] if before[0] == key else (field.value(ticket), ticket)
    if chosen == last:
        return
    st.session_state[answered] = (key, chosen, seen)
    # The box is replaced at the next redraw, also if the field has its former value again by then.
    st.session_state.pop(_drawn_key(field), None)
    forget_notice(ticket.id)
    try:
        result = save(session.api(), seen, {field.name: chosen})
    except ApiError as error:
        st.session_state[REFUSALS] = st.session_state.get(REFUSALS, 0) + 1
        tell_refusal(ticket.id, error, lambda: _close_despite(seen, {field.name: chosen}))
        return
    if isinstance(result, Clash):
        tell_clash(result, NOT_SAVED)
        return
    st.session_state[answered] = (key, chosen, result)
    if field.name == "assignee":
        offer_team(result)


def _close_despite(seen: TicketRead, changes: dict[str, Any]) -> None:
    """Makes the choice that was refused because the ticket waits for others."""
    try:
        result = save(session.api(), seen, changes, despite_blockers=True)
    except ApiError as error:
        tell(seen.id, error.sentence)
    else:
        if isinstance(result, Clash):
            tell_clash(result, NOT_SAVED)
