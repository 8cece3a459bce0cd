"""The ticket that a new one is about, as staff name it in their form: the two are linked when it is reported."""

import re

import streamlit as st

from contracts.links import Link, LinkKind
from contracts.tickets import TicketRead
from streamlit_app.client.errors import ApiError
from streamlit_app.components.composer import NotYetSent
from streamlit_app.language.text import isolated, one_line
from streamlit_app.shell.notices import dismiss_notice, give_notice
from streamlit_app.state import session

NUMBER = re.compile(r"#?([1-9]\d{0,17})")
# The notice that is shown with the outcome of the form.
NOTICE = "related_ticket"


def related_field(key: str) -> None:
    st.text_input(
        "About ticket (optional)", key=key, max_chars=20, placeholder="#42", help="The new ticket is linked to it."
    )


def related_ticket(key: str) -> int | None:
    """Returns the number that was typed; None if there is none. Raises NotYetSent if it is no number, and ApiError if
    there is no such ticket that this person may read."""
    if not (typed := str(st.session_state.get(key) or "").strip()):
        return None
    if (number := NUMBER.fullmatch(typed)) is None:
        raise NotYetSent(
            f"“{isolated(one_line(typed, 20))}” is no number of a ticket. Write it as #42, or leave it empty."
        )
    return session.api().ticket(int(number[1])).id


def link_to_related(ticket: TicketRead, related: int | None, key: str) -> None:
    """The ticket is reported already, and so a refusal is told beside its number."""
    dismiss_notice(NOTICE)
    if related is None:
        return
    try:
        session.api().add_link(ticket.id, Link(kind=LinkKind.RELATES_TO, ticket=related), key)
    except ApiError as error:
        give_notice(NOTICE, f"It was not linked to #{related}. {error.sentence}")
    else:
        st.toast(f"Linked to #{related}.")
