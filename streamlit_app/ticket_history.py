"""What happened to a ticket so far, with its former titles and descriptions for those whom they concern."""

import streamlit as st

from contracts.tickets import TEXTS, HistoryAct, TicketEventRead, TicketRead
from streamlit_app import moments, session
from streamlit_app.components.history import Act, Line, history_list, shown_lines
from streamlit_app.differences import Kind, Piece, differences
from streamlit_app.editing import Clash, take_back
from streamlit_app.errors import ApiError
from streamlit_app.held import held
from streamlit_app.text import apart
from streamlit_app.ticket_actions import told
from streamlit_app.ticket_rows import sentence
from streamlit_app.words import Reader


def history(ticket: TicketRead) -> None:
    """Latest first. Asked for only when it is opened."""
    box = st.expander("History", key="history", on_change="rerun")
    if not box.open:
        return
    name = f"history_{ticket.id}"
    page = held(name, lambda: session.api().history(ticket.id, limit=shown_lines(name)))
    kinds = {event.id: event.kind for event in page.items}

    def do(act: str, event_id: int) -> None:
        kind = kinds[event_id]
        try:
            if act == HistoryAct.BLANK:
                session.api().blank(ticket.id, event_id)
            elif isinstance(take_back(session.api(), ticket, event_id, kind), Clash):
                told(f"Somebody else changed the {kind} a moment ago, so it was left alone. Please look again.")
        except ApiError as error:
            told(error.sentence)

    with box:
        lines = [_line(event, ticket, session.reader()) for event in page.items]
        history_list(name, lines, do, has_earlier=bool(page.next_cursor))


def _line(event: TicketEventRead, ticket: TicketRead, reader: Reader) -> Line:
    return Line(
        id=event.id,
        said=moments.said(event.occurred_at),
        exact=moments.exact(event.occurred_at),
        text=sentence(event.kind, event.from_value, event.to_value, event.actor.name if event.actor else "Somebody"),
        pieces=_pieces(event),
        note=_note(event, is_concerned=reader.is_staff or reader.id in _concerned(event, ticket)),
        acts=[_act(act, event.kind) for act in event.allowed],
    )


def _concerned(event: TicketEventRead, ticket: TicketRead) -> set[int]:
    """Who is told the former text beside staff."""
    return {ticket.requester.id, *([event.actor.id] if event.actor else [])}


def _pieces(event: TicketEventRead) -> list[Piece]:
    if event.kind not in TEXTS:
        return []
    if event.from_value is not None and event.to_value is not None:
        return list(differences(event.from_value, event.to_value))
    kinds = {Kind.GONE: event.from_value, Kind.NEW: event.to_value}
    return [
        differences(text, "")[0] if kind is Kind.GONE else differences("", text)[0]
        for kind, text in kinds.items()
        if text
    ]


def _note(event: TicketEventRead, *, is_concerned: bool) -> str:
    if event.kind not in TEXTS:
        return ""
    if event.blanked_at is not None:
        who = apart(event.blanked_by.name) if event.blanked_by else "somebody"
        return f"The former {event.kind} was removed by {who}, {moments.said(event.blanked_at)}."
    if not is_concerned:
        return ""
    if event.from_value is None:
        return f"The former {event.kind} is not kept."
    return f"The {event.kind} that came instead was removed." if event.to_value is None else ""


def _act(act: HistoryAct, kind: str) -> Act:
    if act is HistoryAct.BLANK:
        question = f"The former {kind} goes for good, for everybody."
        return Act(act, f"Remove the former {kind}", question, "Remove it for good")
    return Act(act, f"Put the former {kind} back")
