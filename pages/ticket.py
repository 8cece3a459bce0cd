"""One ticket: its text, what can be done with it, its messages, its history, and for staff its properties."""

import streamlit as st

from contracts.messages import MessageCreate
from contracts.people import Permission
from contracts.tickets import Status, TicketRead
from streamlit_app.client.errors import ApiError
from streamlit_app.components.composer import Draft, composer
from streamlit_app.components.thread import shown_messages, thread
from streamlit_app.shell.live import live_part
from streamlit_app.state import address, navigation, session
from streamlit_app.state.last_answers import ask_or_reuse
from streamlit_app.tickets.actions import actions
from streamlit_app.tickets.card import card
from streamlit_app.tickets.edit_form import edit_button, edit_form
from streamlit_app.tickets.history import history
from streamlit_app.tickets.properties import properties
from streamlit_app.tickets.readers import readers

is_staff = session.may(Permission.TICKETS_WORK)


@live_part(ticket=True)
def shown(ticket_id: int) -> None:
    ticket = read(ticket_id)
    main, beside = st.columns([2, 1], gap="large") if is_staff else (st.container(key="narrow_ticket"), None)
    with main:
        card(ticket, session.reader())
        actions(ticket)
        if beside is None:
            readers(ticket)
        talk(ticket)
        if beside is None:
            history(ticket)
    if beside is not None:
        with beside:
            properties(ticket)
            readers(ticket)
            history(ticket)


def read(ticket_id: int) -> TicketRead:
    """Returns the ticket. If it cannot be read, draws a heading before the error is shown."""
    try:
        return ask_or_reuse(f"ticket_{ticket_id}", lambda: session.api().ticket(ticket_id))
    except ApiError:
        st.title(f"Ticket #{ticket_id}")
        raise


def talk(ticket: TicketRead) -> None:
    """Draws the thread of messages, and the field to answer in."""
    name = f"talk_{ticket.id}"
    page = ask_or_reuse(name, lambda: session.api().messages(ticket.id, limit=shown_messages(name)))
    is_closed = ticket.status is Status.CLOSED
    st.header("Messages")
    if not page.items:
        st.caption("No messages to show.")
    thread(
        name,
        ticket.id,
        page.items[::-1],
        session.me().person.id,
        has_earlier=bool(page.next_cursor),
        can_answer=not is_closed,
    )
    if is_closed:
        can_reopen = Status.ACTIVE in ticket.allowed_statuses
        st.info("This ticket is closed. Reopen it to go on talking." if can_reopen else "This ticket is closed.")
    if is_staff or not is_closed:
        answer_field(ticket, is_closed=is_closed)


def answer_field(ticket: TicketRead, *, is_closed: bool) -> None:
    def send(draft: Draft) -> None:
        message = MessageCreate(body=draft.text, is_internal=draft.is_internal, reply_to=draft.reply_to)
        session.api().say(ticket.id, message, draft.key)

    label = "Internal note" if is_closed else "Your answer" if is_staff else "Write to the helpdesk"
    composer(f"answer_{ticket.id}", label, send, button="Send", offer_internal=is_staff, only_internal=is_closed)


def way_back() -> None:
    if is_staff:
        navigation.link("queue", "← Back to the queue", address.of_page("queue"))
    else:
        navigation.link("my_tickets", "← My tickets", address.of_page("my_tickets"))


asked = navigation.ticket_in_address()
width = "wide" if is_staff else "narrow"
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key=f"{width}_top"):
    way_back()
    if asked is not None:
        edit_button(asked)
if asked is None:
    st.title("Ticket")
    st.info("This address names no ticket. A ticket's address ends with its number, such as ?id=42.")
else:
    edit_form(asked)
    shown(asked)
