"""The notices on a ticket's page. When a change was not saved because somebody else was faster, they say who it was,
what they did, and when, and offer to take the ticket over."""

from collections.abc import Callable

from contracts.people import Permission
from contracts.tickets import Status, TicketEventRead, TicketRead
from streamlit_app.client.errors import ApiError
from streamlit_app.language import moments
from streamlit_app.language.text import isolated
from streamlit_app.shell.notices import Offer, dismiss_notice, give_notice, has_notice, show_notice
from streamlit_app.state import session
from streamlit_app.tickets.editing import Clash, save
from streamlit_app.tickets.events import sentence
from streamlit_app.tickets.fields import BY_NAME, TicketField

# The change that caused the clash is one of the latest.
LATEST = 20


def tell(ticket_id: int, text: str, offer: Offer | None = None) -> None:
    """Keeps a notice about something that was done with this ticket."""
    give_notice(_place(ticket_id), text, offer)


def forget_notice(ticket_id: int) -> None:
    """Call it when the person does something else with the ticket."""
    dismiss_notice(_place(ticket_id))


def is_told(ticket_id: int) -> bool:
    """Whether there is a notice that the person should read before they leave the ticket."""
    return has_notice(_place(ticket_id))


def tell_refusal(ticket_id: int, error: ApiError, despite: Callable[[], object], before: str = "") -> None:
    """Keeps a notice that says why something was refused. Where the ticket waits for others, it offers to close it all
    the same, which `despite` does. `before` comes before the reason."""
    is_blocked = error.envelope.error == "TicketBlocked"
    tell(ticket_id, f"{before}{error.sentence}", Offer("Close it all the same", despite) if is_blocked else None)


def draw_notice(ticket_id: int) -> None:
    show_notice(_place(ticket_id))


def tell_clash(clash: Clash, outcome: str) -> None:
    """Keeps a notice that says what somebody else did, and then `outcome`: what that means for this person's change."""
    is_taken = clash.fields == ["assignee"] and clash.now.assignee is not None
    offer = Offer(take_label(clash.now), take, (clash.now,)) if is_taken and may_take(clash.now) else None
    tell(clash.now.id, f"{what_happened(clash)}, so {outcome}.", offer)


def what_happened(clash: Clash) -> str:
    """Returns for example "Maja Weber took it a moment ago"."""
    field = BY_NAME[clash.fields[0]]
    event = _latest(clash.now.id, field)
    if event is None or event.actor is None:
        return f"Somebody else changed the {field.called()} a moment ago"
    who = "You" if event.actor.id == session.me().person.id else event.actor.name
    did = sentence(event.kind, event.from_value, event.to_value, who, event.actor.name)
    return f"{did} {moments.ago(event.occurred_at)}"


def _latest(ticket_id: int, field: TicketField) -> TicketEventRead | None:
    try:
        events = session.api().history(ticket_id, limit=LATEST).items
    except ApiError:
        return None
    return next((event for event in events if event.kind == (field.event or field.name)), None)


def may_take(ticket: TicketRead) -> bool:
    """Whether this person may become the assignee, and is not yet."""
    is_mine = ticket.assignee is not None and ticket.assignee.id == session.me().person.id
    return session.may(Permission.TICKETS_WORK) and not is_mine and ticket.status is not Status.CLOSED


def take_label(ticket: TicketRead) -> str:
    return f"Take over from {isolated(ticket.assignee.name)}" if ticket.assignee else "Assign to me"


def take(seen: TicketRead) -> TicketRead | None:
    """Makes this person the assignee, unless somebody else has changed the assignee since the ticket was seen."""
    try:
        result = save(session.api(), seen, {"assignee": session.me().person.id})
    except ApiError as error:
        tell(seen.id, error.sentence)
        return None
    if isinstance(result, Clash):
        tell_clash(result, "it was not assigned to you")
        return None
    return result


def _place(ticket_id: int) -> str:
    return f"ticket_{ticket_id}"
