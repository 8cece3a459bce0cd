"""The ticket at the top of its page."""

from contracts.tickets import TicketRead
from streamlit_app.components.ticket_card import ticket_card
from streamlit_app.language.text import one_line
from streamlit_app.state.session import Reader
from streamlit_app.tickets import fields
from streamlit_app.tickets.edit_form import open_form
from streamlit_app.tickets.files import file_deleter
from streamlit_app.tickets.numbers import numbered


def card(ticket: TicketRead, reader: Reader) -> None:
    ticket_card(
        ticket.id,
        one_line(ticket.title, 200),
        ticket.description,
        fields.card_chips(ticket, reader),
        fields.facts(ticket, reader),
        [name for name in fields.IN_FORM_BY_NAME if name in ticket.editable],
        lambda names: open_form(ticket.id, names),
        ticket.attachments,
        file_deleter(ticket.id, is_staff=reader.is_staff),
        numbered([ticket.description], ticket.id),
    )
