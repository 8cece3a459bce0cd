"""Tickets that a change of many tickets leaves as they are, and why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from contracts.bulk import BulkRefusal
from contracts.tickets import Status
from streamlit_app.components.ticket_links import TicketLink, ticket_links
from streamlit_app.language.words import Chip

MOST_SHOWN = 50
REASONS = {
    "TicketNotFound": "not there, or not yours to see",
    "StaleVersion": "changed by somebody else meanwhile",
    "ChangedMeanwhile": "being changed by somebody else",
    "CategoryGoing": "the category is being merged or deleted",
    "TicketBlocked": "blocked by tickets that are not closed",
    "NotPermitted": "not permitted",
    "InvalidInput": "not possible",
}


def reasons(refused: Sequence[BulkRefusal], change: Mapping[str, Any]) -> str:
    """Returns for example "already closed", or "2 already closed, 1 changed by somebody else meanwhile"."""
    times = Counter(_reason(one, change) for one in refused)
    if len(times) == 1:
        return next(iter(times))
    return ", ".join(f"{number:,} {why}" for why, number in times.most_common())


def draw_refused(key: str, refused: Sequence[BulkRefusal], change: Mapping[str, Any]) -> None:
    """Draws a link to each ticket, with the sentence that says why it stays as it is."""
    shown = refused[:MOST_SHOWN]
    links = [TicketLink(one.id, "", Chip(_reason(one, change), "amber"), one.detail) for one in shown]
    which = "Which ticket" if len(refused) == 1 else f"Which {len(refused):,} tickets"
    with st.expander(which, key=f"{key}_refused"):
        ticket_links(f"{key}_links", "Tickets that stay as they are", links)
        if len(refused) > MOST_SHOWN:
            st.caption(f"And {len(refused) - MOST_SHOWN:,} more.")


def _reason(one: BulkRefusal, change: Mapping[str, Any]) -> str:
    if one.error != "TransitionRefused":
        return REASONS.get(one.error, "refused")
    # Closing is refused for closed tickets only, because it starts the work on open ones.
    return "already closed" if change.get("status") == Status.CLOSED else "with a status that does not allow it"
