"""The buttons of a ticket, to change its status, assign it to oneself, or follow it."""

from collections.abc import Callable, Sequence

import streamlit as st

from contracts.people import Permission
from contracts.tickets import ClosedReason, Status, StatusChange, TicketRead
from streamlit_app.client.errors import ApiError
from streamlit_app.language.text import isolated
from streamlit_app.state import session
from streamlit_app.tickets.editing import Clash, move, save

NOTICE = "ticket_notice"


def actions(ticket: TicketRead) -> None:
    """Draws the buttons for what this person may do now. Which changes of status are allowed comes from
    the data API (`ticket.allowed_statuses`)."""
    _draw_notice()
    with st.container(horizontal=True):
        for number, (label, change) in enumerate(_moves(ticket)):
            st.button(
                label,
                key=f"move_{label}",
                type="primary" if number == 0 and _is_next(change) else "secondary",
                on_click=_do,
                args=(_move, ticket, change),
            )
        if _may_take(ticket):
            st.button("Assign to me", key="take", on_click=_do, args=(_take, ticket))
        if ticket.requester.id != session.me().person.id:
            label = "Stop following" if ticket.is_followed else "Follow"
            st.button(label, key="follow", on_click=_do, args=(_follow, ticket))


def show_notice(sentence: str) -> None:
    """Keeps a sentence that is shown above the buttons at the next redraw, once."""
    st.session_state[NOTICE] = sentence


def _moves(ticket: TicketRead) -> Sequence[tuple[str, StatusChange]]:
    moves: list[tuple[str, StatusChange]] = []
    if Status.ACTIVE in ticket.allowed_statuses:
        label = "Reopen" if ticket.status is Status.CLOSED else "Start work"
        moves.append((label, StatusChange(status=Status.ACTIVE)))
    if Status.CLOSED in ticket.allowed_statuses:
        for label, reason in (("Solved", ClosedReason.SOLVED), ("No longer needed", ClosedReason.NO_LONGER_NEEDED)):
            moves.append((label, StatusChange(status=Status.CLOSED, reason=reason)))
    return moves


def _is_next(change: StatusChange) -> bool:
    """Whether the button for this change may be the primary one. For staff it always may; for a requester only if it
    reopens the ticket, because closing is not the first thing for them to do."""
    return session.may(Permission.TICKETS_WORK) or change.status is Status.ACTIVE


def _may_take(ticket: TicketRead) -> bool:
    is_mine = ticket.assignee is not None and ticket.assignee.id == session.me().person.id
    return session.may(Permission.TICKETS_WORK) and not is_mine and ticket.status is not Status.CLOSED


def _do(what: Callable[..., str], *args: object) -> None:
    try:
        show_notice(what(*args))
    except ApiError as error:
        show_notice(error.sentence)


def _move(ticket: TicketRead, change: StatusChange) -> str:
    return _clash_sentence(move(session.api(), ticket, change))


def _take(ticket: TicketRead) -> str:
    return _clash_sentence(save(session.api(), ticket, {"assignee": session.me().person.id}))


def _follow(ticket: TicketRead) -> str:
    session.api().follow(ticket.id, follow=not ticket.is_followed)
    return ""


def _clash_sentence(result: TicketRead | Clash) -> str:
    if not isinstance(result, Clash):
        return ""
    who = isolated(result.now.assignee.name) if result.now.assignee else "nobody"
    return (
        f"Somebody else changed this ticket a moment ago. It is now {result.now.status} and assigned to {who}. "
        "Please look again and repeat what you wanted."
    )


def _draw_notice() -> None:
    if sentence := st.session_state.pop(NOTICE, ""):
        with st.container(border=True, key="notice"):
            st.text(sentence)
