"""What can go wrong with timers and entries, as sentences."""

from data_api.kit.errors import NotFound
from service_kit.errors import LodgeError


class TimeEntryNotFound(NotFound):
    """There is no such entry, or this person may not read it."""

    def __init__(self, entry_id: int) -> None:
        super().__init__(f"There is no time entry {entry_id} that you may read.")


class NoTimer(LodgeError):
    """There is nothing to pause or stop."""

    status = 409

    def __init__(self, ticket_id: int) -> None:
        super().__init__(f"You have no timer on ticket {ticket_id}; start one first.")
