"""The messages under a ticket."""

from collections.abc import Sequence

import streamlit as st

from contracts.messages import MessageRead
from streamlit_app.components.component_files import component
from streamlit_app.language import moments
from streamlit_app.language.words import ROLES

STEP = 50

_thread = component("thread")


def thread(
    key: str,
    ticket_id: int,
    messages: Sequence[MessageRead],
    reader_id: int,
    *,
    has_earlier: bool = False,
    can_answer: bool = True,
) -> None:
    """Draws the messages, which must be sorted oldest first. Replies are shown under the message they belong to. When
    the user wants earlier messages, `shown_messages` returns a larger number at the next redraw."""
    drawn = [
        _message(message, reader_id, is_nested=is_nested) | {"can_answer": can_answer}
        for message, is_nested in _in_threads(messages)
    ]

    def more() -> None:
        if (st.session_state.get(key) or {}).get("earlier"):
            st.session_state[f"{key}_limit"] = shown_messages(key) + STEP

    others = [message.id for message in messages if message.author.id != reader_id]
    _thread(
        key=key,
        data={"ticket": ticket_id, "messages": drawn, "has_earlier": has_earlier, "latest": max(others, default=0)},
        on_earlier_change=more,
    )


def shown_messages(key: str) -> int:
    """Returns how many of the latest messages to load: more after each press of "Show earlier messages"."""
    return min(200, int(st.session_state.get(f"{key}_limit", STEP)))


def _in_threads(messages: Sequence[MessageRead]) -> list[tuple[MessageRead, bool]]:
    present = {message.id for message in messages}
    answers: dict[int, list[MessageRead]] = {}
    for message in messages:
        if message.reply_to in present:
            answers.setdefault(message.reply_to or 0, []).append(message)
    ordered: list[tuple[MessageRead, bool]] = []
    for message in messages:
        if message.reply_to not in present:
            ordered.append((message, False))
            ordered += [(answer, True) for answer in answers.get(message.id, [])]
    return ordered


def _message(message: MessageRead, reader_id: int, *, is_nested: bool) -> dict[str, object]:
    author, role = message.author, ROLES[message.author.role]
    return {
        "id": message.id,
        "thread": message.reply_to or message.id,
        "name": author.name,
        "role": role if author.is_staff and author.name != role else "",
        "body": message.body,
        "internal": message.is_internal,
        "mine": author.id == reader_id,
        "nested": is_nested,
        "said": moments.said(message.created_at),
        "exact": moments.exact(message.created_at),
        "at": message.created_at.isoformat(),
    }
