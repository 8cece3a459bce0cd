"""What can go wrong with links between tickets, as sentences."""

from collections.abc import Sequence

from contracts.links import MOST_LINKS
from data_api.kit.errors import NotFound
from data_api.links.cycles import Step
from service_kit.errors import LodgeError


class LinkNotFound(NotFound):
    """The ticket has no such link that this person may see."""

    def __init__(self, ticket_id: int) -> None:
        super().__init__(f"Ticket {ticket_id} has no such link.")


class TooManyLinks(LodgeError):
    """A ticket has as many links as it may have, or blocks so many others that they cannot be looked through."""

    status = 409

    @classmethod
    def of_ticket(cls, ticket_id: int) -> "TooManyLinks":
        return cls(f"Ticket {ticket_id} has {MOST_LINKS} links, and can have no more.")

    @classmethod
    def behind(cls, ticket_id: int) -> "TooManyLinks":
        return cls(f"Ticket {ticket_id} blocks too many others, by way of further ones, to add another link.")


class CircularLink(LodgeError):
    """Tickets would block each other in a circle, or be duplicates of each other. The detail names the way from one to
    the other, as far as this person may read it."""

    status = 409

    @classmethod
    def of_blocks(cls, blocker: int, blocked: int, way: Sequence[Step]) -> "CircularLink":
        """`way`: how the ticket that would be blocked blocks its blocker already."""
        told = ", ".join(
            f"{one} blocks {other}" if is_direct else f"{one} blocks {other} by way of others that you may not read"
            for one, other, is_direct in way
        )
        return cls(f"Ticket {blocker} cannot block {blocked}, because it waits for {blocked} itself: {told}.")

    @classmethod
    def of_duplicates(cls, ticket_id: int, other_id: int) -> "CircularLink":
        return cls(f"Ticket {ticket_id} cannot be a duplicate of {other_id}, because {other_id} is one of it.")
