"""One ticket: what it says, what can be done, the talk under it, and for staff what is set on it and its history."""

import streamlit as st

from contracts.messages import MessageCreate
from contracts.people import Permission
from contracts.tickets import Status, TicketRead
from streamlit_app import navigation, session
from streamlit_app.components.composer import Draft, composer
from streamlit_app.components.live import follows
from streamlit_app.components.thread import shown_messages, thread
from streamlit_app.components.ticket_card import ticket_card
from streamlit_app.edit_form import edit_form
from streamlit_app.held import held
from streamlit_app.ticket_actions import actions
from streamlit_app.ticket_side import history, properties

is_staff = session.may(Permission.TICKETS_WORK)


def fetch(ticket_id: int) -> TicketRead:
    return held(f"ticket_{ticket_id}", lambda: session.api().ticket(ticket_id))


@follows("card", ticket=True)
def card(ticket_id: int) -> None:
    ticket = fetch(ticket_id)
    ticket_card(ticket, session.reader())
    actions(ticket)


@follows("talk", ticket=True)
def talk(ticket_id: int) -> None:
    """The thread, and the field to answer in."""
    name = f"talk_{ticket_id}"
    ticket = fetch(ticket_id)
    page = held(name, lambda: session.api().messages(ticket_id, limit=shown_messages(name)))
    is_closed = ticket.status is Status.CLOSED
    thread(
        name,
        ticket_id,
        page.items[::-1],
        session.me().person.id,
        has_earlier=bool(page.next_cursor),
        can_answer=not is_closed,
    )
    if not page.items:
        st.caption("Nobody has written yet.")
    if is_closed:
        st.info(
            "This ticket is closed. Reopen it to go on talking."
            if ticket.allowed_statuses
            else "This ticket is closed."
        )

    def send(draft: Draft) -> None:
        message = MessageCreate(body=draft.text, is_internal=draft.is_internal, reply_to=draft.reply_to)
        session.api().say(ticket_id, message, draft.key)

    if is_staff or not is_closed:
        label = "Internal note" if is_closed else "Your answer" if is_staff else "Write to the helpdesk"
        composer(f"answer_{ticket_id}", label, send, button="Send", offer_internal=is_staff, only_internal=is_closed)


@follows("side", ticket=True)
def side(ticket_id: int) -> None:
    properties(fetch(ticket_id))
    with st.expander("History"):
        history(held(f"history_{ticket_id}", lambda: session.api().history(ticket_id)))


def draw(ticket_id: int) -> None:
    main, beside = st.columns([2, 1], gap="large") if is_staff else (st.container(key="narrow"), None)
    with main:
        back()
        card(ticket_id)
        edit_form(fetch(ticket_id))
        talk(ticket_id)
    if beside is not None:
        with beside:
            side(ticket_id)


def back() -> None:
    if is_staff:
        navigation.link("queue", "← Back to the queue", st.session_state.get("queue_link", {}))
    else:
        navigation.link("my_tickets", "← My tickets")


if (asked := navigation.ticket_in_address()) is None:
    st.title("Ticket")
    st.info("This address names no ticket. A ticket's address ends with its number, such as ?id=42.")
    back()
else:
    draw(asked)
