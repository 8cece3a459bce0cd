"""What can go wrong with a ticket, as sentences."""

from collections.abc import Sequence

from contracts.tickets import Status
from data_api.kit.errors import NotFound
from service_kit.errors import LodgeError

MOST_NAMED = 5


class TicketNotFound(NotFound):
    """There is no such ticket, or this person may not read it."""

    def __init__(self, ticket_id: int) -> None:
        super().__init__(f"There is no ticket {ticket_id} that you may read.")


class TicketAlreadyClosed(LodgeError):
    """The ticket is closed and must be reopened first."""

    status = 409

    def __init__(self, ticket_id: int) -> None:
        super().__init__(f"Ticket {ticket_id} is closed; reopen it first.")


class NoSuchChange(NotFound):
    """The ticket's history has no such change of its title or description."""

    def __init__(self, ticket_id: int, event_id: int) -> None:
        super().__init__(f"The history of ticket {ticket_id} has no change {event_id} of its title or description.")


class TextNotKept(LodgeError):
    """The former text is not stored: it was blanked, or it was changed before former texts were kept."""

    status = 409

    def __init__(self) -> None:
        super().__init__("That former text is not kept: it was blanked, or it is older than the keeping of texts.")


class TicketBlocked(LodgeError):
    """Tickets that are not closed block this one; the detail names those that this person may read. With
    `despite_blockers` it is closed all the same."""

    status = 409

    def __init__(self, ticket_id: int, blockers: Sequence[int]) -> None:
        named = [f"#{blocker}" for blocker in blockers[:MOST_NAMED]]
        named += [f"{len(blockers) - MOST_NAMED} more"] if len(blockers) > MOST_NAMED else []
        told = " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))
        are = "is" if len(blockers) == 1 else "are"
        super().__init__(f"Ticket {ticket_id} is blocked by {told}, which {are} not closed.")


class TransitionRefused(LodgeError):
    """The ticket cannot be moved from its status to this one; the detail says to which statuses it can be moved."""

    status = 409

    def __init__(self, ticket_id: int, present: Status, wanted: Status, allowed: Sequence[Status]) -> None:
        way = f"you may move it to {' or '.join(allowed)}" if allowed else "you may not move it now"
        super().__init__(f"Ticket {ticket_id} is {present} and cannot become {wanted}; {way}.")


def changed_meanwhile(ticket_id: int) -> str:
    """Returns what StaleVersion says of a ticket."""
    return f"Ticket {ticket_id} was changed meanwhile; look at it again."
