"""Which staff are looking at a ticket at this moment, and who of them is writing: told to each other only, forgotten
after seconds, and stored nowhere. ADR 50 says why it is kept in this process."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from contracts.base import Id
from contracts.people import PersonBrief

# A browser says every five seconds what it shows (`presence.js`).
FORGOTTEN_AFTER_SECONDS = 12.0
SHORTEST_PAUSE_SECONDS = 1.0


class Looking(BaseModel):
    """What a browser says: which ticket it shows, and whether its person is writing. Who that is comes from the
    cookie, and not from the browser."""

    model_config = ConfigDict(extra="forbid")

    looking: Id | None
    is_writing: bool = False


@dataclass(eq=False)
class Looker:
    """One tab. `is_told`: its person may read the ticket, as far as is known; otherwise the tab is told nothing."""

    send: Callable[[str], None]
    person: PersonBrief | None = None
    ticket: int | None = None
    is_writing: bool = False
    is_told: bool = False
    said_at: float = float("-inf")
    forgetting: asyncio.TimerHandle | None = None

    def is_too_soon(self) -> bool:
        """Returns whether the tab said something less than a second ago; notes that it says something now, if not."""
        now = asyncio.get_running_loop().time()
        if now - self.said_at < SHORTEST_PAUSE_SECONDS:
            return True
        self.said_at = now
        return False


class Presence:
    """All tabs of this process that show a ticket to staff. To be used by the event loop only."""

    def __init__(self) -> None:
        self._at: dict[int, list[Looker]] = {}

    def look(self, looker: Looker, person: PersonBrief, said: Looking) -> None:
        """Notes what this tab shows. The caller has checked that the person is staff and may read the ticket."""
        if said.looking is None or said.looking != looker.ticket:
            self.leave(looker)
        if said.looking is None:
            return
        is_news = looker.ticket is None or looker.is_writing != said.is_writing
        was_told, looker.is_told = looker.is_told, True
        if looker.ticket is None:
            self._at.setdefault(said.looking, []).append(looker)
        looker.person, looker.ticket, looker.is_writing = person, said.looking, said.is_writing
        self._forget_later(looker)
        if is_news:
            self._tell(said.looking)
        elif not was_told:
            self._tell_one(looker)

    def leave(self, looker: Looker) -> None:
        """Notes that the tab shows no ticket any more, or one that its person may not read."""
        ticket, looker.ticket, looker.is_told = looker.ticket, None, False
        if looker.forgetting:
            looker.forgetting.cancel()
        if ticket is None:
            return
        self._at[ticket].remove(looker)
        if self._at[ticket]:
            self._tell(ticket)
        else:
            del self._at[ticket]

    def _forget_later(self, looker: Looker) -> None:
        if looker.forgetting:
            looker.forgetting.cancel()
        loop = asyncio.get_running_loop()
        looker.forgetting = loop.call_later(FORGOTTEN_AFTER_SECONDS, self.leave, looker)

    def _tell(self, ticket: int) -> None:
        for looker in self._at[ticket]:
            self._tell_one(looker)

    def _tell_one(self, looker: Looker) -> None:
        if looker.is_told and looker.ticket is not None:
            present = [{"name": name, "is_writing": writes} for name, writes in self._others(looker)]
            looker.send(json.dumps({"ticket": looker.ticket, "present": present}))

    def _others(self, looker: Looker) -> list[tuple[str, bool]]:
        """Returns the names of the others at this ticket, and whether they are writing in one of their tabs."""
        found: dict[int, tuple[str, bool]] = {}
        for one in self._at.get(looker.ticket or 0, []):
            if one.person and looker.person and one.person.id != looker.person.id:
                writes = one.is_writing or found.get(one.person.id, ("", False))[1]
                found[one.person.id] = (one.person.name, writes)
        return sorted(found.values())
