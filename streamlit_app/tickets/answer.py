"""The field to answer a ticket in, and the ways to send that also move the ticket or lead to the next one."""

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st

from contracts.messages import MessageCreate
from contracts.tickets import ClosedReason, Status, StatusChange, TicketRead
from streamlit_app.client.errors import ApiError
from streamlit_app.components.composer import Draft, Way, composer
from streamlit_app.components.presence import presence
from streamlit_app.state import address, list_position, lists, session
from streamlit_app.tickets.clashes import forget_notice, is_told, tell_clash, tell_refusal
from streamlit_app.tickets.editing import Clash, move, save
from streamlit_app.tickets.ticket_buttons import note_own_change, version_seen, versions_shown
from streamlit_app.tickets.typed_names import check_names

CLOSE, NEXT, BACK, TO_STAGE = "close", "next", "back", "stage "
GO_ON = (NEXT, BACK)
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
    ways = _ways(ticket) if is_staff else []

    def send(draft: Draft) -> None:
        """The message comes first: whatever becomes of the rest, it is not lost."""
        check_names(ticket.id, draft)
        message = MessageCreate(
            body=draft.text,
            is_internal=draft.is_internal,
            reply_to=draft.reply_to,
            mentions=list(draft.mentions),
            canned_reply_id=draft.canned_reply,
            attachments=list(draft.files),
        )
        _say(ticket.id, message, draft.key)
        forget_notice(ticket.id)
        seen = version_seen(versions, draft.shown)
        result = None if draft.is_internal and draft.then in GO_ON else _move(draft.then, seen)
        note_own_change(versions, draft.shown, seen, result)

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
            ways=ways,
            shown=ticket.version,
            note=_note(ticket, ways),
            stays=is_told(ticket.id),
            takes_files=True,
            mentions=ticket.id,
            replies=ticket.id if is_staff else None,
        )


def _say(ticket_id: int, message: MessageCreate, key: str) -> None:
    """What was written counts more than the reply that it comes from, which may have been deleted meanwhile."""
    try:
        session.api().say(ticket_id, message, key)
    except ApiError as error:
        if not any(field.name == "body.canned_reply_id" for field in error.envelope.fields or ()):
            raise
        session.api().say(ticket_id, message.model_copy(update={"canned_reply_id": None}), key)


def _ways(ticket: TicketRead) -> Sequence[Way]:
    found = []
    if ticket.status is not Status.CLOSED:
        waiting = (stage for stage in lists.stages() if stage.waits_for_requester and stage.status is Status.ACTIVE)
        found = [Way(f"{TO_STAGE}{one.slug}", f"set to {one.name}") for one in waiting if one.slug != ticket.stage]
        found.append(Way(CLOSE, "close as solved"))
    neighbours = list_position.neighbours(ticket.id)
    if neighbours.next:
        found.append(Way(NEXT, "go to the next", f"ticket?id={neighbours.next}"))
    elif neighbours.previous:
        stem = list_position.page_of_list()
        query = urlencode(address.of_page(stem), doseq=True)
        found.append(Way(BACK, f"go back to the {stem}", f"{stem}?{query}"))
    return found


def _move(way: str, seen: TicketRead, *, despite_blockers: bool = False) -> TicketRead | None:
    """Moves the ticket as this way of sending says. Returns the ticket after the move; None if it was not moved, and
    then a notice says why. An open ticket becomes active too, in the same step."""
    change = StatusChange(
        status=Status.CLOSED,
        reason=ClosedReason.SOLVED,
        starts_work=seen.status is Status.OPEN,
        despite_blockers=despite_blockers,
    )
    try:
        if way == CLOSE:
            result = move(session.api(), seen, change)
        elif way.startswith(TO_STAGE):
            result = save(session.api(), seen, {"stage": way.removeprefix(TO_STAGE)})
        elif way in GO_ON and seen.status is Status.OPEN:
            result = save(session.api(), seen, _taken_up(seen))
        else:
            return None
    except ApiError as error:
        said = f"{IS_SENT}, but the ticket was not moved. "
        tell_refusal(seen.id, error, lambda: _move(way, seen, despite_blockers=True), said)
        return None
    if isinstance(result, Clash):
        tell_clash(result, f"it was not moved. {IS_SENT}")
        return None
    return result


def _note(ticket: TicketRead, ways: Sequence[Way]) -> str:
    """Returns what an answer to an open ticket does besides, when one goes on."""
    way = next((way for way in ways if way.name in GO_ON), None)
    if way is None or ticket.status is not Status.OPEN:
        return ""
    takes = "" if ticket.assignee else ", and assigns the ticket to you"
    return f"Send and {way.label} also starts work{takes}."


def _taken_up(seen: TicketRead) -> dict[str, str | int]:
    """Returns the changes with which work starts on an open ticket, by this person if nobody has it."""
    stage = next(stage.slug for stage in lists.stages() if stage.status is Status.ACTIVE)
    return {"stage": stage} if seen.assignee else {"stage": stage, "assignee": session.me().person.id}
