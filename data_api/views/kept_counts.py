"""The counts that were answered last, which are right for as long as nothing in the database has changed (ADR 69)."""

from threading import Lock
from typing import NamedTuple

from contracts.people import Permission
from contracts.views import ViewCounts
from data_api.access.actor import Actor

MOST_PEOPLE = 1_000


class _Kept(NamedTuple):
    snapshot: str
    permissions: frozenset[Permission]
    counts: ViewCounts


class KeptCounts:
    """The latest counts of each person, of one organisation. Used by all threads of a process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[int, _Kept] = {}

    def find(self, actor: Actor, snapshot: str) -> ViewCounts | None:
        """Returns the counts if they are still right. `snapshot`: as `ViewRepository.snapshot` returns it now."""
        kept = self._kept.get(actor.person_id)
        if kept is None or (kept.snapshot, kept.permissions) != (snapshot, actor.permissions):
            return None
        return kept.counts

    def keep(self, actor: Actor, snapshot: str, counts: ViewCounts) -> None:
        """`snapshot`: that of a moment before the counting began."""
        with self._lock:
            self._kept.pop(actor.person_id, None)
            self._kept[actor.person_id] = _Kept(snapshot, actor.permissions, counts)
            if len(self._kept) > MOST_PEOPLE:
                del self._kept[next(iter(self._kept))]
