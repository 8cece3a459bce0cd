"""The buttons of a ticket, to change its status, assign it to oneself, or follow it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from contracts.people import Permission
from contracts.tickets import ClosedReason, Status, StatusChange, TicketRead
from streamlit_app.client.errors import ApiError
from streamlit_app.components.buttons import Button
from streamlit_app.state import session
from streamlit_app.tickets.assigning import take_and_offer
from streamlit_app.tickets.clashes import (
    draw_notice,
    forget_notice,
    may_take,
    take_label,
    tell,
    tell_clash,
    tell_refusal,
)
from streamlit_app.tickets.editing import Clash, move
from streamlit_app.tickets.ticket_buttons import ticket_buttons

CLOSE = "Close as solved"
CHANGED = "This ticket changed a moment ago, so nothing was done. Please look again."


@dataclass(frozen=True)
class Action:
    """`do` is called with the ticket as the person saw it. It returns the ticket after the change, or None if nothing
    was changed."""

    label: str
    do: Callable[[TicketRead], TicketRead | None]
    is_move: bool = False


def actions(ticket: TicketRead) -> None:
    """Draws the buttons for what this person may do now, and the notice about what they did last. Which changes of
    status are allowed comes from the data API (`ticket.allowed_statuses`)."""
    draw_notice(ticket.id)
    found = _actions(ticket)
    first = next((name for name, action in found.items() if action.is_move and _is_next(ticket)), None)
    items = [Button(name, action.label, is_primary=name == first) for name, action in found.items()]
    ticket_buttons("actions", ticket, items, _do)


def _actions(ticket: TicketRead) -> Mapping[str, Action]:
    """Returns the actions by name."""
    found: dict[str, Action] = {}
    if Status.ACTIVE in ticket.allowed_statuses:
        name, label = ("reopen", "Reopen") if ticket.status is Status.CLOSED else ("start", "Start work")
        found[name] = _move(label, StatusChange(status=Status.ACTIVE))
    if Status.CLOSED in ticket.allowed_statuses:
        for label, reason in ((CLOSE, ClosedReason.SOLVED), ("No longer needed", ClosedReason.NO_LONGER_NEEDED)):
            found[reason] = _move(label, StatusChange(status=Status.CLOSED, reason=reason))
    if may_take(ticket):
        found["take"] = Action(take_label(ticket), take_and_offer)
    if ticket.requester.id != session.me().person.id:
        name, label = ("unfollow", "Stop following") if ticket.is_followed else ("follow", "Follow")
        found[name] = Action(label, _follow)
    return found


def _is_next(ticket: TicketRead) -> bool:
    """Whether the first change of status may be the primary button. For staff it always may; for a requester only if it
    reopens the ticket, because closing is not the first thing for them to do."""
    return session.may(Permission.TICKETS_WORK) or Status.ACTIVE in ticket.allowed_statuses


def _do(name: str, seen: TicketRead) -> TicketRead | None:
    forget_notice(seen.id)
    if (action := _actions(seen).get(name)) is None:
        tell(seen.id, CHANGED)
        return None
    try:
        return action.do(seen)
    except ApiError as error:
        tell(seen.id, error.sentence)
        return None


def _move(label: str, change: StatusChange) -> Action:
    return Action(label, lambda seen: move_or_tell(seen, change), is_move=True)


def move_or_tell(seen: TicketRead, change: StatusChange) -> TicketRead | None:
    """Changes the status. Returns the ticket after the change; None if it was refused, and then a notice says why."""
    try:
        result = move(session.api(), seen, change)
    except ApiError as error:
        despite = change.model_copy(update={"despite_blockers": True})
        tell_refusal(seen.id, error, lambda: move_or_tell(seen, despite))
        return None
    if isinstance(result, Clash):
        tell_clash(result, "nothing was done. Please look again")
        return None
    return result


def _follow(seen: TicketRead) -> None:
    session.api().follow(seen.id, follow=not seen.is_followed)
