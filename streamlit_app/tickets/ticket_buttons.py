"""Buttons that change a ticket as the person saw it: a press that was meant for an older version than the one drawn
last is never taken for a wish about the newer one."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from contracts.tickets import TicketRead
from streamlit_app.components.buttons import Button, buttons

# A press that is on its way is at most a few redraws late.
MOST_KEPT = 8

# Returns the ticket after the change, or None if nothing was changed.
Do = Callable[[str, TicketRead], TicketRead | None]


def ticket_buttons(key: str, ticket: TicketRead, items: Sequence[Button], do: Do, label: str = "") -> None:
    """Draws the buttons. `do` is called with the name of the pressed button and the ticket as the person saw it, with
    their own changes since then. With `label`, the row is one choice of that name."""
    kept = versions_shown(key, ticket)

    def pressed(name: str, version: int) -> None:
        seen = version_seen(kept, version)
        note_own_change(kept, version, seen, do(name, seen))

    buttons(f"{key}_{ticket.id}", ticket.version, items, pressed, label)


def versions_shown(key: str, ticket: TicketRead) -> dict[int, TicketRead]:
    """Adds this ticket, which is drawn now, to the versions that were drawn last under this key, and returns all of
    them."""
    kept: tuple[int, dict[int, TicketRead]] | None = st.session_state.get(f"shown_{key}")
    if kept is None or kept[0] != ticket.id:
        st.session_state[f"shown_{key}"] = kept = (ticket.id, {})
    versions = kept[1]
    versions.pop(ticket.version, None)
    versions[ticket.version] = ticket
    if len(versions) > MOST_KEPT:
        del versions[next(iter(versions))]
    return versions


def note_own_change(shown: dict[int, TicketRead], version: int, seen: TicketRead, result: TicketRead | None) -> None:
    """Takes what the person did as seen by them, also before it is drawn, unless somebody else changed the ticket in
    between."""
    if result is not None and result.version == seen.version + 1:
        shown[version] = result


def version_seen(shown: Mapping[int, TicketRead], version: int) -> TicketRead:
    """Returns the version that the person saw, or the oldest one that is known: what changed since then is no reason to
    do something else than they wanted."""
    return shown.get(version) or shown[min(shown)]
