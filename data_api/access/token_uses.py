"""Which tokens were used lately."""

from threading import Lock


class TokenUses:
    """Collects the tokens that requests come with, so that once a minute one statement writes for all of them when they
    were last used. What is not written when the process ends is lost."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ids: set[int] = set()

    def note(self, session_id: int) -> None:
        with self._lock:
            self._ids.add(session_id)

    def take(self) -> list[int]:
        """Returns the tokens that were used since the last call."""
        with self._lock:
            ids, self._ids = self._ids, set()
        return sorted(ids)
