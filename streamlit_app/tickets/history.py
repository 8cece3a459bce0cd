"""The history of a ticket, with its former titles and descriptions for the people who may read them."""

import streamlit as st

from contracts.base import one_line
from contracts.tickets import TEXTS, EventKind, HistoryAct, TicketEventRead, TicketRead
from streamlit_app.client.errors import ApiError
from streamlit_app.components.history import Act, Line, history_list, shown_lines
from streamlit_app.language import moments
from streamlit_app.language.differences import Kind, Piece, differences
from streamlit_app.language.text import isolated
from streamlit_app.state import session
from streamlit_app.state.last_answers import ask_or_reuse
from streamlit_app.tickets.clashes import forget_notice, tell, tell_clash
from streamlit_app.tickets.editing import Clash, take_back
from streamlit_app.tickets.events import sentence
from streamlit_app.tickets.ticket_buttons import version_seen, versions_shown


def history(ticket: TicketRead) -> None:
    """Draws the history, latest event first. It is loaded only when the user opens it."""
    box = st.expander("History", key="history", on_change="rerun")
    if not box.open:
        return
    name = f"history_{ticket.id}"
    page = ask_or_reuse(name, lambda: session.api().history(ticket.id, limit=shown_lines(name)))
    kinds = {event.id: event.kind for event in page.items}
    versions = versions_shown("history", ticket)

    def do(act: str, event_id: int, version: int) -> None:
        kind = kinds[event_id]
        forget_notice(ticket.id)
        try:
            if act == HistoryAct.BLANK:
                session.api().blank(ticket.id, event_id)
            elif isinstance(result := take_back(session.api(), version_seen(versions, version), event_id, kind), Clash):
                tell_clash(result, "it was left alone. Please look again")
        except ApiError as error:
            tell(ticket.id, error.sentence)

    with box:
        lines = [_line(event, ticket) for event in page.items]
        history_list(name, ticket.version, lines, do, has_earlier=bool(page.next_cursor))


def _line(event: TicketEventRead, ticket: TicketRead) -> Line:
    return Line(
        id=event.id,
        said=moments.said(event.occurred_at),
        exact=moments.exact(event.occurred_at),
        text=sentence(event.kind, event.from_value, event.to_value, event.actor.name if event.actor else "Somebody"),
        pieces=_pieces(event),
        note=_note(event),
        acts=[_act(act, event, ticket) for act in event.allowed],
    )


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


def _note(event: TicketEventRead) -> str:
    if event.kind not in TEXTS:
        return ""
    if event.blanked_at is not None:
        who = isolated(event.blanked_by.name) if event.blanked_by else "somebody"
        return f"The former {event.kind} was removed by {who}, {moments.said(event.blanked_at)}."
    if not event.is_told:
        return ""
    if event.from_value is None:
        return f"The former {event.kind} is not kept."
    return f"The {event.kind} that replaced it was removed." if event.to_value is None else ""


def _act(act: HistoryAct, event: TicketEventRead, ticket: TicketRead) -> Act:
    kind = event.kind
    if act is HistoryAct.BLANK:
        question = f"The former {kind} goes for good, for everybody."
        if still := _still_saying(event.from_value or "", kind, ticket):
            says = "says" if len(still) == 1 else "say"
            question += f" The present {' and '.join(still)} still {says} the same: change that first."
        return Act(act, f"Remove the former {kind}", question, "Remove it for good")
    return Act(act, f"Put the former {kind} back")


def _still_saying(text: str, kind: str, ticket: TicketRead) -> list[str]:
    """Returns which of the ticket's current texts, "title" or "description", still contain the former text. A title
    counts too if it was derived from the first line of a former description."""
    line = next(filter(None, map(one_line, text.splitlines())), "")
    former, first, title, description = (
        one_line(one).casefold() for one in (text, line, ticket.title, ticket.description)
    )
    is_cut = title.endswith("…") and first.startswith(title.removesuffix("…"))
    is_drawn = kind == EventKind.DESCRIPTION and (is_cut or title == first)
    found = {"title": former in title or is_drawn, "description": former in description}
    return [name for name, holds in found.items() if holds]
