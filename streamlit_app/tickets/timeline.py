"""Everything that happened to a ticket in one list: messages, and the changes of its history, with former titles and
descriptions for the people who may read them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import streamlit as st

from contracts.base import one_line
from contracts.messages import MessageRead
from contracts.pages import Page
from contracts.people import Permission
from contracts.tickets import TEXTS, EventKind, HistoryAct, Status, TicketEventRead, TicketRead
from streamlit_app.client.errors import ApiError
from streamlit_app.components.timeline import Act, Filters, Line
from streamlit_app.components.timeline import timeline as draw
from streamlit_app.language import moments
from streamlit_app.language.differences import Kind, Piece, differences
from streamlit_app.language.text import isolated
from streamlit_app.state import session
from streamlit_app.state.last_answers import ask_or_reuse
from streamlit_app.tickets.assignment_reason import happened_in_words
from streamlit_app.tickets.clashes import forget_notice, tell, tell_clash
from streamlit_app.tickets.editing import Clash, take_back
from streamlit_app.tickets.events import sentence, who_did
from streamlit_app.tickets.files import file_deleter
from streamlit_app.tickets.numbers import numbered
from streamlit_app.tickets.ticket_buttons import version_seen, versions_shown

STEP, MOST = 50, 1_000


class Show(StrEnum):
    ALL = "all"
    MESSAGES = "messages"
    NOTES = "notes"
    CHANGES = "changes"


LABELS = {Show.ALL: "All", Show.MESSAGES: "Messages", Show.NOTES: "Notes", Show.CHANGES: "Changes"}
SHOWN = "timeline_shows"
# In place of the person's name, where one line tells two changes.
AND = "and"

Entry = MessageRead | TicketEventRead


@dataclass(frozen=True)
class Timeline:
    """Entries, oldest first. `has_earlier`: there are others before them."""

    entries: Sequence[Entry]
    has_earlier: bool


def timeline(ticket: TicketRead) -> None:
    """Draws the timeline, the latest entry at its end."""
    name = f"timeline_{ticket.id}"
    shown, limit = _shown(), int(st.session_state.get(f"{name}_limit", STEP))
    found = ask_or_reuse(f"{name}_{shown}", lambda: _read(ticket.id, shown, limit))
    kinds = {event.id: event.kind for event in found.entries if isinstance(event, TicketEventRead)}
    versions = versions_shown("timeline", ticket)

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

    def show_earlier() -> None:
        st.session_state[f"{name}_limit"] = min(MOST, limit + STEP)

    draw(
        name,
        ticket.id,
        ticket.version,
        _drawn(found.entries, ticket),
        session.me().person.id,
        do,
        filters=Filters(_filters(), shown, _choose),
        show_earlier=show_earlier if found.has_earlier and limit < MOST else None,
        can_answer=ticket.status is not Status.CLOSED,
        delete_file=file_deleter(ticket.id, is_staff=session.reader().is_staff),
        tickets=numbered((one.body for one in found.entries if isinstance(one, MessageRead)), ticket.id),
    )


def merged(messages: Page[MessageRead], changes: Page[TicketEventRead], limit: int) -> Timeline:
    """Returns the latest `limit` entries. Each page has the latest `limit` of its kind, or all that there are: none
    that is missing in them belongs to the latest of both."""
    entries: list[Entry] = [*messages.items, *changes.items]
    entries.sort(key=position)
    is_cut = bool(messages.next_cursor or changes.next_cursor) or len(entries) > limit
    return Timeline(entries[-limit:], is_cut)


def position(entry: Entry) -> tuple[datetime, bool, int]:
    """Returns what entries are sorted by. Of the same moment, a message comes first: the changes follow from it."""
    if isinstance(entry, MessageRead):
        return entry.created_at, False, entry.id
    return entry.occurred_at, True, entry.id


def _read(ticket_id: int, show: Show, limit: int) -> Timeline:
    api = session.api()
    messages, changes = Page[MessageRead](items=[], next_cursor=None), Page[TicketEventRead](items=[], next_cursor=None)
    if show is not Show.CHANGES:
        messages = api.messages(ticket_id, limit=limit)
    if show in (Show.ALL, Show.CHANGES):
        changes = api.history(ticket_id, limit=limit)
    if show in (Show.MESSAGES, Show.NOTES):
        kept = [message for message in messages.items if message.is_internal is (show is Show.NOTES)]
        messages = messages.model_copy(update={"items": kept})
    return merged(messages, changes, limit)


def _filters() -> dict[str, str]:
    is_staff = session.may(Permission.TICKETS_WORK)
    return {show: label for show, label in LABELS.items() if is_staff or show is not Show.NOTES}


def _shown() -> Show:
    """Returns what is chosen, which stays from one ticket to the next."""
    return Show(st.session_state.get(SHOWN, Show.ALL))


def _choose(name: str) -> None:
    st.session_state[SHOWN] = name


def _drawn(entries: Sequence[Entry], ticket: TicketRead) -> list[MessageRead | Line]:
    """Returns what is drawn. A move to another status and the stage that it led to are one line, and so are the team
    and the person to whom Lodge gave the ticket."""
    drawn: list[MessageRead | Line] = []
    before: Entry | None = None
    for entry in entries:
        if isinstance(entry, MessageRead):
            drawn.append(entry)
        elif _belongs_to(entry, before) and isinstance(last := drawn[-1], Line):
            drawn[-1] = replace(
                last, text=f"{last.text}, {sentence(entry.kind, entry.from_value, entry.to_value, AND)}"
            )
        else:
            drawn.append(_line(entry, ticket))
        before = entry
    return drawn


def _belongs_to(event: TicketEventRead, before: Entry | None) -> bool:
    """Returns whether this happened in one with what the event before tells."""
    if not isinstance(before, TicketEventRead) or before.occurred_at != event.occurred_at:
        return False
    kinds = before.kind, event.kind
    is_given = kinds == (EventKind.TEAM, EventKind.ASSIGNEE) and before.is_automatic and event.is_automatic
    return is_given or kinds == (EventKind.STATUS, EventKind.STAGE)


def _line(event: TicketEventRead, ticket: TicketRead) -> Line:
    return Line(
        id=event.id,
        said=moments.said(event.occurred_at),
        exact=moments.exact(event.occurred_at),
        text=sentence(event.kind, event.from_value, event.to_value, who_did(event), other_ticket=event.other_ticket),
        pieces=_pieces(event),
        note=_note(event),
        acts=[_act(act, event, ticket) for act in event.allowed],
        tickets={str(event.other_ticket): ""} if event.other_ticket else {},
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
    if event.reason is not None:
        return happened_in_words(event.reason)
    if event.kind not in TEXTS:
        return ""
    if event.blanked_at is not None:
        who = isolated(event.blanked_by.name) if event.blanked_by else "somebody"
        return f"The former {event.kind} was removed by {who}, {moments.said_within(event.blanked_at)}."
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
