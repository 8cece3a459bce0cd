"""Administrators delete a ticket, after a question that says what goes along."""

import streamlit as st

from contracts.pages import MAX_LIMIT
from contracts.people import Permission
from contracts.tickets import TicketRead
from streamlit_app.client.api import Api
from streamlit_app.components.go_to import go_to
from streamlit_app.language.text import isolated, one_line
from streamlit_app.language.words import count
from streamlit_app.shell.dialogs import attempt, keep_button, open_dialog, show_dialog
from streamlit_app.state import address, session

OWNER = "ticket_delete"
DELETED = "ticket_deleted"


def delete_button(ticket_id: int) -> None:
    """Draws the button, for those who may delete tickets, and its dialog while that is open."""
    if not session.may(Permission.TICKETS_DELETE):
        return
    st.button("Delete", key="delete_ticket", type="tertiary", on_click=_ask, args=(ticket_id,))
    show_dialog(OWNER)


def leave_if_deleted(ticket_id: int) -> None:
    """Leads to the queue as it was, if this ticket was deleted a moment ago."""
    if st.session_state.get(DELETED) == ticket_id:
        del st.session_state[DELETED]
        go_to("queue", address.of_page("queue"))


def _ask(ticket_id: int) -> None:
    open_dialog(OWNER, f"Delete #{ticket_id}?", _dialog, ticket_id)


def _dialog(ticket_id: int) -> None:
    api = session.api()
    ticket = api.ticket(ticket_id)
    st.text(isolated(one_line(ticket.title, 200)))
    st.text(f"{_goes_along(api, ticket)} It cannot be undone. Analyses no longer count the ticket.")
    place = st.container()
    with st.container(horizontal=True, key="delete_choice"):
        if st.button("Delete it for good", type="primary", key="red_delete_ticket"):
            attempt({"": place}, lambda api: api.delete(ticket_id), "Deleted.", lambda: _note(ticket_id))
        keep_button("keep_ticket")


def _goes_along(api: Api, ticket: TicketRead) -> str:
    messages, changes = api.messages(ticket.id, limit=MAX_LIMIT), api.history(ticket.id, limit=MAX_LIMIT)
    notes = sum(message.is_internal for message in messages.items)
    many = "More than " if messages.next_cursor else ""
    said = f"{many}{count(len(messages.items), 'message', 'messages')}"
    of_which = f" ({count(notes, 'internal note', 'internal notes')} among them)" if notes else ""
    lines = f"{'more than ' if changes.next_cursor else ''}{count(len(changes.items), 'line', 'lines')} of history"
    number = len(ticket.attachments) + sum(len(message.attachments) for message in messages.items)
    files = f"{many.lower()}{count(number, 'file', 'files')}, " if number else ""
    return (
        f"{said}{of_which} and {lines} go with it, for everybody, and so do {files}"
        "its tags, its links and the time that was worked on it."
    )


def _note(ticket_id: int) -> None:
    st.session_state[DELETED] = ticket_id
