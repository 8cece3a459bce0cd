"""The tickets that one belongs together with, on its page, and the dialog with which staff link another one."""

from concurrent.futures import Future, ThreadPoolExecutor

import streamlit as st

from contracts.links import Link, LinkedTicket, LinkKind, LinkRead
from contracts.pages import Page
from contracts.people import Permission
from contracts.tickets import ClosedReason, Status, StatusChange, TicketQuery, TicketRead
from streamlit_app.client.api import Api
from streamlit_app.client.errors import ApiError
from streamlit_app.components.ticket_links import TicketLink, ticket_links
from streamlit_app.language.text import isolated, one_line, plain
from streamlit_app.language.words import STATUSES
from streamlit_app.shell.dialogs import attempt, keep_button, open_dialog, opened_in_live_part, show_dialog
from streamlit_app.state import last_answers, session
from streamlit_app.state.last_answers import ask_or_reuse
from streamlit_app.tickets.actions import move_or_tell
from streamlit_app.tickets.clashes import forget_notice, tell

OWNER = "ticket_link"
MOST_FOUND = 8
# What is above the tickets of each kind, in this order.
HEADINGS = {
    LinkKind.BLOCKED_BY: "Blocked by",
    LinkKind.BLOCKS: "Blocks",
    LinkKind.DUPLICATES: "Duplicate of",
    LinkKind.DUPLICATED_BY: "Its duplicates",
    LinkKind.RELATES_TO: "Relates to",
}
# The same in a sentence that begins with this ticket.
CHOICES = {
    LinkKind.RELATES_TO: "relates to",
    LinkKind.BLOCKED_BY: "is blocked by",
    LinkKind.BLOCKS: "blocks",
    LinkKind.DUPLICATES: "is a duplicate of",
    LinkKind.DUPLICATED_BY: "is the original of",
}
# Requests that go on while the page asks for the rest of the ticket.
_asking = ThreadPoolExecutor(4, thread_name_prefix="links")

Asked = Future[Page[LinkRead]]


def ask_for_links(ticket_id: int) -> Asked:
    """Asks for the links of a ticket while the page asks for the rest."""
    return _asking.submit(session.api().links, ticket_id)


def links(ticket: TicketRead, asked: Asked) -> None:
    """Draws the ticket's links. For those who may not add any, draws nothing if there are none."""
    found = ask_or_reuse(f"links_{ticket.id}", asked.result).items
    is_staff = session.may(Permission.TICKETS_WORK)
    if not (found or is_staff):
        return
    with st.container(gap="xsmall", key="ticket_links"):
        st.header("Links")
        for kind, heading in HEADINGS.items():
            if of_kind := [link.ticket for link in found if link.kind is kind]:
                _draw_kind(ticket.id, kind, heading, of_kind, is_staff=is_staff)
        if not found:
            st.caption("Nothing yet: what blocks this ticket, what it repeats, what belongs to it.")
        if is_staff:
            st.button("Link a ticket", key=f"add_link_{ticket.id}", type="tertiary", on_click=_open, args=(ticket.id,))


def link_dialog() -> None:
    """Draws the dialog while it is open. Outside the live part, because there is something to type in it."""
    show_dialog(OWNER)


def _draw_kind(ticket_id: int, kind: LinkKind, heading: str, tickets: list[LinkedTicket], *, is_staff: bool) -> None:
    st.caption(heading)  # the list is called so for screen readers
    shown = [TicketLink(one.id, one_line(one.title, 90), STATUSES[one.status], "") for one in tickets]

    def remove(other_id: int) -> None:
        forget_notice(ticket_id)
        try:
            session.api().remove_link(ticket_id, Link(kind=kind, ticket=other_id))
        except ApiError as error:
            last_answers.note_if_away(error)
            tell(ticket_id, error.sentence)

    ticket_links(f"links_{kind}", heading, shown, remove if is_staff else None)


def _open(ticket_id: int) -> None:
    forget_notice(ticket_id)
    open_dialog(OWNER, f"Link #{ticket_id} to another ticket", _draw, ticket_id)
    opened_in_live_part()


def _draw(ticket_id: int) -> None:
    kind = st.selectbox(f"#{ticket_id}", list(CHOICES), format_func=CHOICES.__getitem__, key=f"link_kind_{ticket_id}")
    typed = st.text_input(
        "Which ticket",
        key=f"link_words_{ticket_id}",
        max_chars=200,
        placeholder="#42, or words of it",
        type="search",
    ).strip()
    found = _found(ticket_id, typed)
    chosen = _choose(ticket_id, typed, found)
    closes = False
    if kind is LinkKind.DUPLICATES:
        closes = st.checkbox(f"Close #{ticket_id} as a duplicate", value=True, key=f"link_closes_{ticket_id}")
    place = st.container()
    with st.container(horizontal=True):
        label = f"Link to #{chosen}" if chosen else "Link"
        if st.button(label, type="primary", key=f"link_do_{ticket_id}", disabled=chosen is None) and chosen:
            wanted = Link(kind=kind, ticket=chosen)
            attempt({"": place}, lambda api: _add(api, ticket_id, wanted, closes=closes), f"Linked to #{chosen}.")
        keep_button(f"link_keep_{ticket_id}", "Cancel")


def _found(ticket_id: int, typed: str) -> list[TicketRead]:
    """Returns the tickets that are found by what was typed, a number before words."""
    if not typed:
        return []
    found = session.api().tickets(TicketQuery(q=typed, limit=MOST_FOUND + 1)).items
    return [one for one in found if one.id != ticket_id][:MOST_FOUND]


def _choose(ticket_id: int, typed: str, found: list[TicketRead]) -> int | None:
    if not found:
        st.caption("No other ticket was found." if typed else "Press Enter to search. Closed tickets are found too.")
        return None
    names = {one.id: f"#{one.id} {isolated(one_line(one.title, 80))} · {STATUSES[one.status].text}" for one in found}
    return st.radio("Found", list(names), format_func=lambda id_: plain(names[id_]), key=f"link_which_{ticket_id}")


def _add(api: Api, ticket_id: int, wanted: Link, *, closes: bool) -> None:
    api.add_link(ticket_id, wanted)
    if closes and (ticket := api.ticket(ticket_id)).status is not Status.CLOSED:
        starts_work = ticket.status is Status.OPEN
        move_or_tell(ticket, StatusChange(status=Status.CLOSED, reason=ClosedReason.DUPLICATE, starts_work=starts_work))
