"""Chooses the stages of the board that seeded tickets pass through."""

from collections.abc import Sequence
from typing import NamedTuple

from contracts.tickets import Status
from lodge.errors import LodgeError


class Stage(NamedTuple):
    slug: str
    id: int
    status: str
    waits_for_requester: bool


class Board:
    """Slugs of stages. `new`, `work` and `done` are the first stages of open, active and closed. During a pause a
    ticket is in `waiting` (for its requester) or `blocked`; each equals `work` when the board has no such stage.

    Raises `LodgeError` when a status has no stage.
    """

    def __init__(self, stages: Sequence[Stage]) -> None:
        """`stages` are all stages, in the board's order."""
        self.ids = {stage.slug: stage.id for stage in stages}
        missing = [status.value for status in Status if not any(stage.status == status for stage in stages)]
        if missing:
            raise LodgeError(f"The seed needs a column of the board for each status; {', '.join(missing)} has none.")
        self.new, self.work, self.done = (
            next(stage.slug for stage in stages if stage.status == status) for status in Status
        )
        pauses = [stage for stage in stages if stage.status == Status.ACTIVE and stage.slug != self.work]
        self.waiting = next((stage.slug for stage in pauses if stage.waits_for_requester), self.work)
        self.blocked = next((stage.slug for stage in pauses if not stage.waits_for_requester), self.work)
