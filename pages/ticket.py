"""One ticket: its text, what can be done with it, everything that happened to it, the field to answer in, and for staff
its properties and what else its requester reported."""

import streamlit as st

from contracts.people import Permission
from contracts.tickets import TicketRead
from streamlit_app.client.errors import ApiError
from streamlit_app.components.steps import steps
from streamlit_app.language.text import one_line
from streamlit_app.shell.dialogs import rerun_if_opened
from streamlit_app.shell.frame import name_tab
from streamlit_app.shell.live import live_part
from streamlit_app.state import address, list_position, navigation, session
from streamlit_app.state.last_answers import ask_or_reuse
from streamlit_app.tickets.actions import actions
from streamlit_app.tickets.answer import answer
from streamlit_app.tickets.card import card
from streamlit_app.tickets.delete import delete_button, leave_if_deleted
from streamlit_app.tickets.edit_form import edit_button, edit_form
from streamlit_app.tickets.links import ask_for_links, link_dialog, links
from streamlit_app.tickets.others_of_requester import others_of_requester
from streamlit_app.tickets.properties import properties
from streamlit_app.tickets.readers import readers
from streamlit_app.tickets.tags import tags
from streamlit_app.tickets.time_block import time_block
from streamlit_app.tickets.timeline import timeline

is_staff = session.may(Permission.TICKETS_WORK)


@live_part(ticket=True)
def shown(ticket_id: int) -> None:
    rerun_if_opened()
    asked_links = ask_for_links(ticket_id)
    ticket = read(ticket_id)
    name_tab(f"#{ticket.id} {one_line(ticket.title, 60)}")
    main, beside = st.columns([2, 1], gap="large") if is_staff else (st.container(key="narrow_ticket"), None)
    with main:
        card(ticket, session.reader())
        actions(ticket)
        if beside is None:
            readers(ticket)
            links(ticket, asked_links)
        st.header("Messages and changes")
        timeline(ticket)
        answer(ticket, is_staff=is_staff)
    if beside is not None:
        with beside:
            properties(ticket)
            tags(ticket)
            readers(ticket)
            links(ticket, asked_links)
            time_block(ticket)
            others_of_requester(ticket)


def read(ticket_id: int) -> TicketRead:
    """Returns the ticket. If it cannot be read, draws a heading before the error is shown."""
    try:
        return ask_or_reuse(f"ticket_{ticket_id}", lambda: session.api().ticket(ticket_id))
    except ApiError:
        # Also in place of the title of a ticket that may no longer be read.
        name_tab(f"Ticket #{ticket_id}")
        st.title(f"Ticket #{ticket_id}")
        raise


def way_back() -> None:
    if is_staff:
        stem = list_position.page_of_list()
        navigation.link(stem, f"← Back to the {stem}", address.of_page(stem))
    else:
        navigation.link("my_tickets", "← My tickets", address.of_page("my_tickets"))


def top(ticket_id: int | None) -> None:
    """Draws the line above the ticket: the way back, the next ticket, and what changes the ticket as a whole."""
    width = "wide" if is_staff else "narrow"
    line = st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key=f"{width}_top"
    )
    with line:
        way_back()
        if ticket_id is None:
            return
        with st.container(horizontal=True, vertical_alignment="center", width="content", key="ticket_top"):
            if is_staff:
                found = list_position.neighbours(ticket_id)
                steps(found.previous, found.next)
            edit_button(ticket_id)
            delete_button(ticket_id)


asked = navigation.ticket_in_address()
if asked is not None:
    leave_if_deleted(asked)
top(asked)
if asked is None:
    st.title("Ticket")
    st.info("This address names no ticket. A ticket's address ends with its number, such as ?id=42.")
else:
    link_dialog()
    edit_form(asked)
    shown(asked)
