"""The field to answer a ticket in, and the ways to send that also move the ticket or lead to the next one."""

from collections.abc import Sequence

import streamlit as st

from contracts.messages import MessageCreate
from contracts.tickets import ClosedReason, Status, StatusChange, TicketRead
from streamlit_app.client.errors import ApiError
from streamlit_app.components.composer import Draft, Way, composer
from streamlit_app.components.presence import presence
from streamlit_app.state import list_position, lists, session
from streamlit_app.tickets.clashes import forget_notice, tell, tell_clash
from streamlit_app.tickets.editing import Clash, move, save
from streamlit_app.tickets.ticket_buttons import version_seen, versions_shown

CLOSE, NEXT, TO_STAGE = "close", "next", "stage "
IS_SENT = "Your message was sent"


def answer(ticket: TicketRead, *, is_staff: bool) -> None:
    """Draws the field. To a closed ticket, staff can only add notes, and others nothing."""
    is_closed = ticket.status is Status.CLOSED
    if is_closed:
        can_reopen = Status.ACTIVE in ticket.allowed_statuses
        st.info("This ticket is closed. Reopen it to go on talking." if can_reopen else "This ticket is closed.")
    if is_closed and not is_staff:
        return
    versions = versions_shown("answer", ticket)

    def send(draft: Draft) -> None:
        """The message comes first: whatever becomes of the rest, it is not lost."""
        message = MessageCreate(body=draft.text, is_internal=draft.is_internal, reply_to=draft.reply_to)
        session.api().say(ticket.id, message, draft.key)
        forget_notice(ticket.id)
        result = _move(draft.then, version_seen(versions, draft.shown))
        # As for a press of a button: what the person did themselves counts as seen.
        if result is not None and result.version == draft.shown + 1:
            versions[draft.shown] = result

    with st.container(key="answer", gap="xsmall"):
        if is_staff:
            presence(ticket.id)
        composer(
            f"answer_{ticket.id}",
            "Internal note" if is_closed else "Your answer" if is_staff else "Write to the helpdesk",
            send,
            button="Send",
            offer_internal=is_staff,
            only_internal=is_closed,
            ways=_ways(ticket) if is_staff else (),
            shown=ticket.version,
        )


def _ways(ticket: TicketRead) -> Sequence[Way]:
    found = []
    if ticket.status is not Status.CLOSED:
        waiting = (stage for stage in lists.stages() if stage.waits_for_requester and stage.status is Status.ACTIVE)
        found = [Way(f"{TO_STAGE}{one.slug}", f"set to {one.name}") for one in waiting if one.slug != ticket.stage]
        found.append(Way(CLOSE, "close as solved"))
    if following := list_position.neighbours(ticket.id).next:
        found.append(Way(NEXT, "go to the next", f"ticket?id={following}"))
    return found


def _move(way: str, seen: TicketRead) -> TicketRead | None:
    """Moves the ticket as this way of sending says. Returns the ticket after the move; None if it was not moved, and
    then a notice says why. An open ticket becomes active too, in the same step."""
    change = StatusChange(status=Status.CLOSED, reason=ClosedReason.SOLVED, starts_work=seen.status is Status.OPEN)
    try:
        if way == CLOSE:
            result = move(session.api(), seen, change)
        elif way.startswith(TO_STAGE):
            result = save(session.api(), seen, {"stage": way.removeprefix(TO_STAGE)})
        else:
            return None
    except ApiError as error:
        tell(seen.id, f"{IS_SENT}, but the ticket was not moved. {error.sentence}")
        return None
    if isinstance(result, Clash):
        tell_clash(result, f"it was not moved. {IS_SENT}")
        return None
    return result
